"""Everyday words, written down for this project: what sentences of no particular kind are made of."""

from __future__ import annotations


def spelled(text: str) -> list[str]:
    """Words with spaces between them."""
    return text.split()


NOUNS = spelled(
    "acorn anchor ankle ant apron arch arrow attic axe bag bakery ball bamboo banana bank barn barrel basket "
    "bath bay beach bead beam bear bed bee beetle bell belt bench berry bird blade board boat bolt bone book "
    "boot bottle bowl box branch bread brick bridge broom brush bucket bud bug bulb bus bush button cabin cable "
    "cage cake camel camp canal candle cane canoe canyon cap car card carpet cart cask castle cave ceiling "
    "cellar chain chalk chapel cheese cherry chest chimney church circle circus cliff cloak cloth cloud coal "
    "coast coat coin collar comb cookie cord cork corn corner cottage counter court cow crab cradle crane crate "
    "creek crew crop crown cup curtain cushion dam deck deer desert desk diamond dish ditch dock doll dome door "
    "dove dragon drawer dress drum duck dust eagle ear egg elbow elm engine envelope factory falcon farm fan "
    "feather fence fern field fig film finger fire fish flag flame flask flock floor flower flute foam fork fort "
    "fountain fox frame frog fruit fur game garage gate gem ghost giant glove glue goat gold grain grape grass "
    "gravel grove hall hammer hammock harbour harp hat hawk hay hedge hen herb hill hive hook horn hose hotel "
    "house hut ice idea ink inn iron island ivy jar jewel jug juice jungle kettle key king kitchen kite knee "
    "knife knot lace lake lamb lane lantern leaf lemon lens letter library lid light lily lion lock log loom "
    "lute magnet mall mango map maple marble market mask mast meadow medal melon mill mine mint moon mop moss "
    "moth motor mountain mouse mud mug museum nail neck needle nest net nut oar oasis ocean office olive onion "
    "oven owl ox paddle page pail palace palm pan panda path peach pear pearl pebble pen pencil piano picture "
    "pier pig pillow pipe planet plank plant plate plum pocket pole pond pony poppy port pot powder prince pump "
    "puppet purse puzzle quilt rabbit raft rail rake ranch razor reef ribbon rice ring river road robin robot "
    "rock roof room root rope rose rug ruler saddle sail salad salt sand saw scale scarf school screw sea seal "
    "seat seed shark shed sheep shelf shell ship shirt shoe shop shovel silk sink sketch skirt sled snail soap "
    "sock sofa soil soup spade sparrow spider spoon spring square stable stage stair stamp star statue stem "
    "stone stool storm stove straw street stump sugar swan swing sword table tail tank tart tea temple tent "
    "thread throne ticket tiger tile toast tomato tool tooth torch towel tower toy track train tray tree truck "
    "trumpet tub tulip tunnel turkey turnip valley van vase vault veil vest village vine violin voice wagon wall "
    "walnut watch water wave wax web well whale wharf wheat wheel whistle willow window wing wolf wood wool worm "
    "yacht yard yarn zebra"
)
ADJECTIVES = spelled(
    "ancient bitter bold brave bright broad broken busy calm careful cheap clean clever cold common cool crisp "
    "curious damp dark deep dry dull early easy empty fair famous fast fine fresh gentle giant glad good grand "
    "great happy hard heavy high hollow honest huge kind large late lazy light little local lone long loose loud "
    "lucky mild modern narrow neat new noisy odd old open plain poor proud quick quiet rare rich ripe rough "
    "round royal rusty sad sharp short shy silent simple slow small smooth soft solid sour spare square steep "
    "still strange strong sweet tall thick thin tidy tiny tough warm weak wet whole wide wild wise wooden young"
)
VERBS = {
    pair.partition("/")[0]: pair.partition("/")[2]
    for pair in spelled(
        "build/built buy/bought carry/carried clean/cleaned close/closed collect/collected count/counted "
        "cover/covered cut/cut deliver/delivered describe/described design/designed destroy/destroyed "
        "discover/discovered draw/drew drop/dropped empty/emptied fill/filled find/found fix/fixed follow/followed "
        "forget/forgot guard/guarded hide/hid hold/held invent/invented keep/kept leave/left lend/lent lift/lifted "
        "lock/locked lose/lost love/loved make/made measure/measured mend/mended move/moved open/opened "
        "order/ordered own/owned pack/packed paint/painted plant/planted praise/praised print/printed pull/pulled "
        "push/pushed raise/raised record/recorded remove/removed rent/rented repair/repaired replace/replaced "
        "return/returned save/saved see/saw sell/sold send/sent share/shared show/showed sketch/sketched steal/stole "
        "store/stored study/studied teach/taught test/tested throw/threw trade/traded use/used visit/visited "
        "wash/washed watch/watched win/won wrap/wrapped"
    )
}
"""Base form to past form."""
COMMON = spelled(
    "about above across after again against ago all almost alone along already also although always among "
    "another any around as asked away back became because been before began behind below best better between big "
    "both brought came can cannot century children city come could country day days did does done down during "
    "each early either else end enough even ever every everyone family far few finally five for found four "
    "friend friends full further gave given gives goes gone great group had half hand have he help her here high "
    "him his hour hours how however hundred if including inside instead into its itself just keep known large "
    "last later least less let life like likely little long looked made many may men might mile miles million "
    "minute minutes month months more morning most mother much must name near nearly never new next night nine "
    "none north nothing now number off often old once one only or other our out outside over own part past "
    "people per perhaps place point put quite rather reached right said same saw second seven several she should "
    "show side since six small so some something sometimes soon south still story such system taken ten than "
    "that their them then there these they thing things third this those though thousand three through time "
    "times today together told too took toward town two under until up upon us used using very village wall was "
    "way week weeks well went were west what when where whether which while white who whole whose why wide will "
    "with within without woman women word words work world would year years yet you young your"
)
"""What holds English sentences together: the tokenizer keeps these whole."""
