import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import Provider, { type Context } from 'oidc-provider';

/** An identity provider of the bank: oidc-provider, which lets in whoever gives a name. */
export interface IdentityProvider {
  issuer: string;
  /** Answers browsers as before, and Grille no more. */
  fallSilent: () => void;
  stop: () => Promise<void>;
}

const LOGIN = (uid: string) => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Bank ID</title><link rel="icon" href="data:,"></head>
<body><h1>Bank ID</h1><form method="post" action="/login/${uid}">
<label>Account <input name="account" autofocus></label><button>Log in</button></form></body></html>`;

async function body(request: IncomingMessage): Promise<URLSearchParams> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return new URLSearchParams(Buffer.concat(parts).toString());
}

/** Serves on a port of 127.0.0.1: another site than localhost, as a bank's provider is another than Grille. */
export async function provide(port: number, grille: string, secret: string): Promise<IdentityProvider> {
  const issuer = `http://127.0.0.1:${port}`;
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const provider = new Provider(issuer, {
    clients: [{ client_id: 'grille', client_secret: secret, redirect_uris: [`${grille}/sign-in/sso/back`] }],
    claims: { openid: ['sub'], profile: ['preferred_username'] },
    // the ID token alone is read: nothing is asked for afterwards
    conformIdTokenClaims: false,
    cookies: { keys: ['of this test'] },
    features: { devInteractions: { enabled: false } },
    findAccount: (_: unknown, id: string) => ({
      accountId: id,
      claims: () => ({ sub: `subject-of-${id}`, preferred_username: id }),
    }),
    interactions: { url: (_: unknown, { uid }: { uid: string }) => `/login/${uid}` },
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256' }] },
    // the bank trusts its own programs: nobody is asked whether Grille may know their number
    loadExistingGrant: async ({ oidc }: Context) => {
      const { accountId } = oidc.session;
      const grant = new oidc.provider.Grant({ accountId, clientId: oidc.client.clientId });
      grant.addOIDCScope('openid profile');
      await grant.save();
      return grant;
    },
    pkce: { required: () => true },
    ttl: { AccessToken: 60, AuthorizationCode: 60, Grant: 600, IdToken: 60, Interaction: 600, Session: 600 },
  });
  const answer = provider.callback();
  let silent = false;
  const server = createServer((request, response) => {
    if (silent && request.url === '/token') return void request.socket.destroy();
    const uid = /^\/login\/([\w-]+)$/.exec(request.url ?? '')?.[1];
    if (!uid) return void answer(request, response);
    if (request.method !== 'POST') return void response.setHeader('content-type', 'text/html').end(LOGIN(uid));
    void body(request).then(form =>
      provider.interactionFinished(request, response, { login: { accountId: form.get('account') ?? '' } }),
    );
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const stop = async () => {
    server.closeAllConnections();
    await new Promise(done => server.close(done));
  };
  return { issuer, stop, fallSilent: () => (silent = true) };
}
