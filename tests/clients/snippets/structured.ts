import { z } from 'zod';

const Schema = z.object({ name: z.string(), items: z.array(z.string()) });

const response = await env.AI.run('@cf/meta/llama-3.1-8b-instruct', {
  messages: [{ role: 'user', content: `Generate JSON matching: ${JSON.stringify(Schema.shape)}` }],
});

const validated = Schema.parse(JSON.parse(response.response));
