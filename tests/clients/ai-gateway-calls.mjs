// What a user of the AI SDK does with ai-gateway-provider: the same calls in Node.js (ai-gateway.mjs) and in workerd
// (ai-gateway-worker.mjs). `gateway` is made by createAiGateway.
import { generateText, isStepCount, jsonSchema, streamText, tool } from 'ai';
import { createAnthropic } from 'ai-gateway-provider/providers/anthropic';
import { createGoogleGenerativeAI } from 'ai-gateway-provider/providers/google';
import { createOpenAI } from 'ai-gateway-provider/providers/openai';
import { unified } from 'ai-gateway-provider/providers/unified';

const LOCAL = 'workers-ai/@cf/meta/llama-3.1-8b-instruct';
const tools = {
  getWeather: tool({
    description: 'Weather of a city',
    inputSchema: jsonSchema({ type: 'object', properties: { city: { type: 'string' } }, required: ['city'] }),
    execute: async ({ city }) => ({ city, degrees: 7 }),
  }),
};

async function text(model, prompt = 'Hello') {
  const { text, usage } = await generateText({ model, prompt, maxRetries: 0 });
  return { text, tokens: usage.totalTokens };
}

async function stream(model, prompt = 'Count slowly.') {
  const answer = streamText({ model, prompt, maxRetries: 0 });
  const pieces = [];
  for await (const piece of answer.textStream) pieces.push(piece);
  return { pieces, finish: await answer.finishReason };
}

export function calls(gateway) {
  const openai = createOpenAI({ apiKey: 'sk-openai' });
  const anthropic = createAnthropic({ apiKey: 'sk-anthropic' });
  const google = createGoogleGenerativeAI({ apiKey: 'sk-google' });
  return {
    'unified text': () => text(gateway(unified(LOCAL))),
    'unified stream': () => stream(gateway(unified(LOCAL))),
    async 'unified tools'() {
      const model = gateway(unified(LOCAL));
      const answer = await generateText({ model, tools, prompt: 'getWeather of Oslo', stopWhen: isStepCount(5) });
      return { calls: answer.steps.map((step) => step.toolCalls.map((call) => call.input)), text: answer.text };
    },
    'openai text': () => text(gateway(openai.chat('gpt-good'))),
    'openai stream': () => stream(gateway(openai.chat('gpt-good'))),
    'anthropic text': () => text(gateway(anthropic('claude-good'))),
    'anthropic stream': () => stream(gateway(anthropic('claude-good'))),
    'google text': () => text(gateway(google('gemini-good'))),
    fallback: () => text(gateway([openai.chat('gpt-bad'), unified(LOCAL)])),
    'failed text': () => text(gateway(openai.chat('gpt-bad'))),
  };
}

export async function outcomes(all) {
  const seen = {};
  for (const [name, call] of Object.entries(all)) {
    try {
      seen[name] = await call();
    } catch (error) {
      seen[name] = { error: error.message, name: error.constructor.name };
    }
  }
  return seen;
}
