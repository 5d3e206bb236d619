// ai-gateway-provider with a gateway's token, against the server in the first argument: prints what each call gave, as
// one JSON object. The provider knows one host only, so `fetch` leads elsewhere.
import { generateText } from 'ai';
import { createAiGateway } from 'ai-gateway-provider';
import { unified } from 'ai-gateway-provider/providers/unified';
import { calls, outcomes } from './ai-gateway-calls.mjs';

const [server, apiKey] = process.argv.slice(2);
const outside = globalThis.fetch;
globalThis.fetch = (input, init) => {
  const url = new URL(input);
  return outside(url.host === 'gateway.ai.cloudflare.com' ? server + url.pathname + url.search : url, init);
};
globalThis.AI_SDK_LOG_WARNINGS = false;
const made = (options) => createAiGateway({ accountId: 'acct', gateway: 'g', apiKey, ...options });
const model = unified('workers-ai/@cf/meta/llama-3.1-8b-instruct');
const refused = (options) => () => generateText({ model: made(options)(model), prompt: 'x', maxRetries: 0 });
const all = {
  ...calls(made({ options: { metadata: { client: 'ai' }, eventId: 'from-the-provider' } })),
  'wrong token': refused({ apiKey: 'wrong', gateway: 'locked' }),
  'no such gateway': refused({ gateway: 'nowhere' }),
};
console.log(JSON.stringify(await outcomes(all)));
