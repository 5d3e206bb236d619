// OpenAI's npm SDK against the base URL in the first argument: prints what each call gave, as one JSON object.
import OpenAI from 'openai';
import { zodResponseFormat } from 'openai/helpers/zod';
import { z } from 'zod';

const CHAT = '@cf/meta/llama-3.1-8b-instruct';
const GPT_OSS = '@cf/openai/gpt-oss-120b';
const EMBED = '@cf/baai/bge-base-en-v1.5';
const client = new OpenAI({ baseURL: process.argv[2], apiKey: 'none', maxRetries: 0 });
const messages = [{ role: 'user', content: 'Hello' }];
const tool = {
  type: 'function',
  function: {
    name: 'weather',
    description: 'Tell the weather',
    parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  },
};

const calls = {
  async chat() {
    const answer = await client.chat.completions.create({ model: CHAT, messages });
    return { text: answer.choices[0].message.content, usage: answer.usage, id: answer._request_id };
  },
  async stream() {
    const stream = await client.chat.completions.create({ model: CHAT, messages, stream: true });
    let text = '';
    let last;
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta.content ?? '';
      last = chunk;
    }
    return { text, usage: last.usage, finish: last.choices[0].finish_reason };
  },
  async abort() {
    const stream = await client.chat.completions.create({
      model: CHAT,
      messages: [{ role: 'user', content: 'take your time' }],
      stream: true,
    });
    let chunks = 0;
    for await (const _ of stream) {
      chunks += 1;
      if (chunks === 2) stream.controller.abort();
    }
    return { chunks };
  },
  async tools() {
    const answer = await client.chat.completions.create({
      model: CHAT,
      messages,
      tools: [tool],
      tool_choice: 'required',
    });
    const call = answer.choices[0].message.tool_calls[0];
    return { name: call.function.name, arguments: JSON.parse(call.function.arguments) };
  },
  async structured() {
    const Recipe = z.object({ title: z.string(), minutes: z.number().int(), steps: z.array(z.string()) });
    const answer = await client.chat.completions.parse({
      model: CHAT,
      messages,
      max_tokens: 500,
      response_format: zodResponseFormat(Recipe, 'recipe'),
    });
    return answer.choices[0].message.parsed;
  },
  async completion() {
    const answer = await client.completions.create({ model: CHAT, prompt: ['one', 'two'], echo: true, max_tokens: 3 });
    return answer.choices.map((choice) => choice.text.slice(0, 3));
  },
  async embeddings() {
    const byDefault = await client.embeddings.create({ model: EMBED, input: ['a', 'b'] });
    const floats = await client.embeddings.create({ model: EMBED, input: ['a', 'b'], encoding_format: 'float' });
    const distance = byDefault.data[1].embedding.map((number, at) => Math.abs(number - floats.data[1].embedding[at]));
    return { length: byDefault.data[1].embedding.length, distance: Math.max(...distance) };
  },
  async responses() {
    const answer = await client.responses.create({ model: GPT_OSS, input: 'Hello' });
    return { text: answer.output_text, status: answer.status };
  },
  async responsesStream() {
    const stream = client.responses.stream({ model: GPT_OSS, input: 'Hello' });
    const kinds = [];
    for await (const event of stream) kinds.push(event.type);
    const final = await stream.finalResponse();
    return { first: kinds[0], last: kinds.at(-1), text: final.output_text };
  },
  async models() {
    const ids = [];
    for await (const model of client.models.list()) ids.push(model.id);
    return { listed: ids.includes(CHAT), one: (await client.models.retrieve(CHAT)).id };
  },
  async refused() {
    const failed = client.chat.completions.create({ model: CHAT, messages, max_tokens: 'many' });
    return failed.catch((error) => ({ name: error.constructor.name, status: error.status, message: error.message }));
  },
  async busy() {
    const busy = [{ role: 'user', content: 'be busy' }];
    const failed = client.chat.completions.create({ model: CHAT, messages: busy, stream: true });
    return failed.catch((error) => ({ name: error.constructor.name, status: error.status, code: error.code }));
  },
  async broken() {
    const broken = [{ role: 'user', content: 'fall over' }];
    const stream = await client.chat.completions.create({ model: CHAT, messages: broken, stream: true });
    let text = '';
    try {
      for await (const chunk of stream) text += chunk.choices[0].delta.content ?? '';
    } catch (error) {
      return { text, name: error.constructor.name, message: error.message };
    }
    return { text };
  },
};

const results = {};
for (const [name, call] of Object.entries(calls)) results[name] = await call();
console.log(JSON.stringify(results));
