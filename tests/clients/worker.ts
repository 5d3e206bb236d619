// One Worker for all tests: `/snippet/<name>` runs a documentation page's code, the rest looks closer at `env.AI`.
import quickStart from 'snippet:quick-start?module';
import streaming from 'snippet:streaming?body';
import completion from 'snippet:completion?body?response';
import chat from 'snippet:chat?hono';
import embeddings from 'snippet:embeddings?body?embeddings';
import recipe from 'snippet:recipe?hono';
import structured from 'snippet:structured?body?validated';
import retry from 'snippet:retry?function?runAIWithRetry';
import image from 'snippet:image?body';
import gateway from 'snippet:gateway?body?response';
import gatewayFeedback from 'snippet:gateway-feedback?body?logId';
import gatewayFetch from 'snippet:gateway-fetch?body?{ cacheStatus, answer: await response.json() }?accountId, gatewayId, prompt';

const described = (error: any) => ({ name: error.name, message: error.message, constructor: error.constructor.name });

// What `env.AI` says of its last call, beside the call's outcome.
async function outcome(env: any, work: () => Promise<any>): Promise<Response> {
  const seen: any = {};
  try {
    const value = await work();
    seen.kind = value instanceof ReadableStream ? 'stream' : typeof value;
    seen.value = seen.kind === 'stream' ? await new Response(value).text() : value;
  } catch (error) {
    seen.error = described(error);
  }
  seen.lastRequestId = env.AI.lastRequestId;
  seen.lastRequestHttpStatusCode = env.AI.lastRequestHttpStatusCode;
  seen.lastRequestInternalStatusCode = env.AI.lastRequestInternalStatusCode;
  seen.aiGatewayLogId = env.AI.aiGatewayLogId;
  return Response.json(seen);
}

const shown = async (response: Response) => {
  const headers = Object.fromEntries(response.headers);
  return Response.json({ status: response.status, headers, body: await response.text() });
};

const streamOf = (bytes: Uint8Array) => new Response(bytes).body!;

const pages: Record<string, (request: Request, env: any, body: any) => Promise<Response> | Response> = {
  '/snippet/quick-start': (request, env) => quickStart.fetch(request, env),
  '/snippet/streaming': (_, env) => streaming(env),
  '/snippet/completion': (_, env) => completion(env),
  '/snippet/embeddings': (_, env) => embeddings(env),
  '/snippet/structured': (_, env) => structured(env),
  '/snippet/image': (_, env) => image(env),
  '/snippet/gateway': (_, env) => gateway(env),
  '/snippet/retry': (_, env, { model, inputs }) => outcome(env, () => retry(env, model, inputs)),
  '/chat': (request, env) => chat.fetch(request, env),
  '/recipe': (request, env) => recipe.fetch(request, env),

  '/run': (_, env, { model, inputs, options }) => outcome(env, () => env.AI.run(model, inputs, options)),
  '/raw': async (_, env, { model, inputs, options }) =>
    shown(await env.AI.run(model, inputs, { ...options, returnRawResponse: true })),
  '/bytes': async (_, env, { model, inputs }) => new Response(await env.AI.run(model, inputs)),
  '/stream-input': (_, env, { model, key, base64, contentType, inputs }) => {
    const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
    return outcome(env, () => env.AI.run(model, { ...inputs, [key]: { body: streamOf(bytes), contentType } }));
  },
  '/form-input': (_, env, { model, key, fields, contentType }) => {
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.append(name, value as string);
    const encoded = new Response(form);
    const type = contentType ?? encoded.headers.get('content-type');
    return outcome(env, () => env.AI.run(model, { [key]: { body: encoded.body, contentType: type } }));
  },
  '/models': (_, env, parameters) => outcome(env, () => env.AI.models(parameters)),
  '/snippet/gateway-fetch': (_, env, { key, ...given }) => gatewayFetch({ ...env, CLOUDFLARE_API_KEY: key }, given),
  '/gateway/feedback': async (_, env) => {
    const response = await (await gateway(env)).json();
    const logId = await (await gatewayFeedback(env)).json();
    return Response.json({ response, logId, log: await env.AI.gateway('my-gateway').getLog(logId) });
  },
  '/gateway/log': (_, env, { id }) => outcome(env, () => env.AI.gateway('my-gateway').getLog(id)),
  '/gateway/patch': (_, env, { id, data }) => outcome(env, () => env.AI.gateway('my-gateway').patchLog(id, data)),
  '/gateway/url': (_, env, { provider }) => outcome(env, () => env.AI.gateway('my-gateway').getUrl(provider)),
  '/gateway/run': async (_, env, { steps, options }) => shown(await env.AI.gateway('my-gateway').run(steps, options)),
  '/markdown': (_, env) =>
    outcome(env, () => env.AI.toMarkdown([{ name: 'a.txt', blob: new Blob(['text'], { type: 'text/plain' }) }])),
  '/abandon': async (_, env, { model, inputs }) => {
    const reader = (await env.AI.run(model, inputs)).getReader();
    const { value } = await reader.read();
    await reader.cancel();
    return new Response(value);
  },
};

export default {
  async fetch(request: Request, env: any): Promise<Response> {
    const page = pages[new URL(request.url).pathname];
    if (!page) return new Response('no such page', { status: 404 });
    const body = request.method === 'POST' ? await request.clone().json() : {};
    return page(request, env, body);
  },
};
