// The AI SDK with workers-ai-provider over `env.AI`, in a Worker.
import { createWorkersAI } from 'workers-ai-provider';
import { calls, outcomes } from './ai-sdk-calls.mjs';

globalThis.AI_SDK_LOG_WARNINGS = false;

export default {
  fetch: async (_, env) => Response.json(await outcomes(calls(createWorkersAI({ binding: env.AI })))),
};
