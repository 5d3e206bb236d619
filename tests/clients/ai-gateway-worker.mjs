// ai-gateway-provider over `env.AI.gateway`, in a Worker.
import { createAiGateway } from 'ai-gateway-provider';
import { calls, outcomes } from './ai-gateway-calls.mjs';

globalThis.AI_SDK_LOG_WARNINGS = false;

export default {
  fetch: async (_, env) => Response.json(await outcomes(calls(createAiGateway({ binding: env.AI.gateway('g') })))),
};
