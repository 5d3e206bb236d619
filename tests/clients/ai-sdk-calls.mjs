// What a user of the AI SDK does with Workers AI: the same calls in Node.js (ai-sdk.mjs) and in workerd (ai-sdk-worker.mjs).
import {
  embedMany,
  generateImage,
  generateSpeech,
  generateText,
  isStepCount,
  jsonSchema,
  Output,
  rerank,
  streamText,
  tool,
  transcribe,
} from 'ai';

const MODELS = {
  classic: '@cf/meta/llama-3.1-8b-instruct',
  chat: '@cf/qwen/qwen3-30b-a3b-fp8',
  reasoning: '@cf/openai/gpt-oss-20b',
};
const SCHEMA = jsonSchema({
  type: 'object',
  properties: { name: { type: 'string' }, count: { type: 'integer' } },
  required: ['name', 'count'],
  additionalProperties: false,
});
const tools = {
  getWeather: tool({
    description: 'Weather of a city',
    inputSchema: jsonSchema({ type: 'object', properties: { city: { type: 'string' } }, required: ['city'] }),
    execute: async ({ city }) => ({ city, degrees: 7 }),
  }),
};

export function calls(provider) {
  const all = {
    async embeddings() {
      const { embeddings } = await embedMany({ model: provider.textEmbedding('@cf/baai/bge-m3'), values: ['a', 'b'] });
      return embeddings.map((vector) => vector.length);
    },
    async image() {
      const model = provider.image('@cf/black-forest-labs/flux-1-schnell');
      const { image } = await generateImage({ model, prompt: 'fog', size: '512x512' });
      return { type: image.mediaType, start: [...image.uint8Array.slice(0, 2)] };
    },
    async transcription() {
      const model = provider.transcription('@cf/openai/whisper');
      return (await transcribe({ model, audio: new Uint8Array(32000).fill(1) })).text;
    },
    async speech() {
      const { audio } = await generateSpeech({ model: provider.speech('@cf/deepgram/aura-1'), text: 'hello' });
      return { type: audio.mediaType, some: audio.uint8Array.length > 100 };
    },
    async reranking() {
      const model = provider.reranking('@cf/baai/bge-reranker-base');
      const documents = ['sun', 'fog and mist'];
      return (await rerank({ model, query: 'fog', documents, topN: 1 })).ranking.map((row) => row.originalIndex);
    },
    async unknownModel() {
      return generateText({ model: provider('@cf/no/such'), prompt: 'x', maxRetries: 0 });
    },
    async retry() {
      return (await generateText({ model: provider(MODELS.classic), prompt: 'I ask too often.' })).text;
    },
  };
  for (const [name, id] of Object.entries(MODELS)) {
    const model = provider(id);
    all[`text ${name}`] = async () => {
      const { text, usage } = await generateText({ model, prompt: 'Hello' });
      return { text, tokens: usage.totalTokens };
    };
    all[`stream ${name}`] = async () => {
      const stream = streamText({ model, prompt: 'Count slowly.' });
      const pieces = [];
      for await (const piece of stream.textStream) pieces.push(piece);
      return { pieces, finish: await stream.finishReason, tokens: (await stream.usage).totalTokens };
    };
    all[`tools ${name}`] = async () => {
      const answer = await generateText({ model, tools, prompt: 'getWeather of Oslo', stopWhen: isStepCount(5) });
      return { calls: answer.steps.map((step) => step.toolCalls.map((call) => call.input)), text: answer.text };
    };
    all[`streamed tools ${name}`] = async () => {
      const stream = streamText({ model, tools, prompt: 'getWeather of Oslo', stopWhen: isStepCount(5) });
      const steps = await stream.steps;
      return { calls: steps.map((step) => step.toolCalls.map((call) => call.input)), text: await stream.text };
    };
    all[`forced tool ${name}`] = async () => {
      const toolChoice = { type: 'tool', toolName: 'getWeather' };
      return (await generateText({ model, tools, toolChoice, prompt: 'Hello' })).toolCalls.map((call) => call.toolName);
    };
    all[`object ${name}`] = async () => {
      return (await generateText({ model, output: Output.object({ schema: SCHEMA }), prompt: 'Make one' })).output;
    };
  }
  return all;
}

export async function outcomes(all) {
  const seen = {};
  for (const [name, call] of Object.entries(all)) {
    try {
      seen[name] = await call();
    } catch (error) {
      seen[name] = { error: error.message };
    }
  }
  return seen;
}
