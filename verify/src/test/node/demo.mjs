// The ways into the demo that the ready-file shows, and somebody who decides what is held.
import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { setTimeout as pause } from 'node:timers/promises';

const ready = JSON.parse(readFileSync(process.env.SALLYPORT_READY_FILE, 'utf8'));
const ca = readFileSync(ready.caFile, 'utf8');

/** Settings that both drivers understand: address, database, user, token, and TLS that checks the host's name. */
export function as(role, more = {}) {
  const { host, port } = ready.gateway.postgres;
  return {
    host,
    port,
    database: ready.target,
    user: role,
    password: ready.tokens[role],
    ssl: { ca, rejectUnauthorized: true },
    ...more,
  };
}

/** The database itself, past the gateway. */
export function direct() {
  const { host, port, database, username, password } = ready.direct;
  return { host, port, database, user: username, password, ssl: { ca, rejectUnauthorized: true } };
}

function admin(method, path, body) {
  return new Promise((resolve, reject) => {
    const call = request(
      new URL(path, ready.gateway.admin),
      {
        method,
        ca,
        headers: { authorization: `Bearer ${ready.tokens.approver}`, 'content-type': 'application/json' },
      },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (part) => (text += part));
        response.on('end', () =>
          response.statusCode < 300
            ? resolve(JSON.parse(text))
            : reject(new Error(`${method} ${path}: ${response.statusCode} ${text}`)),
        );
      },
    );
    call.on('error', reject);
    call.end(body);
  });
}

/** The id of the held command whose text has `marker` in it, once there is one. */
export async function held(marker) {
  for (let i = 0; i < 300; i++) {
    const { approvals } = await admin('GET', '/api/v1/approvals');
    const found = approvals.find((each) => each.command.text.includes(marker));
    if (found) return found.id;
    await pause(50);
  }
  throw new Error(`nothing is held with ${marker} in it`);
}

export const approve = (id) => admin('POST', `/api/v1/approvals/${id}/approve`, '{"comment":"seen"}');
export const deny = (id) => admin('POST', `/api/v1/approvals/${id}/deny`, '{"comment":"seen"}');
