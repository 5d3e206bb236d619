// Runs a Worker (worker.ts, or the file in the second argument) in real workerd with `env.AI` connected to the server
// whose tunnel URL is the first argument.
// The first line on standard output is the Worker's URL; it ends when standard input does.
import { fetch, Miniflare, Response } from 'miniflare';
import { bundle } from './build.mjs';

const [connection, entry = 'worker.ts'] = process.argv.slice(2);
const miniflare = new Miniflare({
  modules: true,
  script: await bundle(entry),
  compatibilityDate: '2026-07-01',
  compatibilityFlags: ['nodejs_compat'],
  ai: { binding: 'AI', remoteProxyConnectionString: new URL(connection) },
  // A page's code names the gateway's own host.
  outboundService: (request) => {
    const url = new URL(request.url);
    if (url.host !== 'gateway.ai.cloudflare.com') return new Response(`no way to ${url.host}`, { status: 502 });
    return fetch(new URL(url.pathname + url.search, connection), request);
  },
});
console.log((await miniflare.ready).origin);
process.stdin.on('end', () => miniflare.dispose().then(() => process.exit(0)));
process.stdin.resume();
