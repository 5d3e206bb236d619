// The AI SDK with workers-ai-provider and an account's credentials, against the server in the first argument: prints
// what each call gave, as one JSON object. The provider knows one host only, so `fetch` leads elsewhere.
import { createWorkersAI } from 'workers-ai-provider';
import { calls, outcomes } from './ai-sdk-calls.mjs';

const [server] = process.argv.slice(2);
const outside = globalThis.fetch;
globalThis.fetch = (input, init) => {
  const url = new URL(input);
  return outside(url.host === 'api.cloudflare.com' ? server + url.pathname + url.search : url, init);
};
globalThis.AI_SDK_LOG_WARNINGS = false;
console.log(JSON.stringify(await outcomes(calls(createWorkersAI({ accountId: 'acct', apiKey: 'any' })))));
