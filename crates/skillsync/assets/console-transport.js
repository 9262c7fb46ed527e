// How a request reaches the server: POST for queries and mutations, a WebSocket (graphql-transport-ws) for
// subscriptions.

const ENDPOINT = "/graphql";
const PROTOCOL = "graphql-transport-ws";

/**
 * Sends one request. A reply that is no JSON is returned as text, `body` then is null.
 * @returns {Promise<{ok, status, statusText, durationMs, bytes, text, body}>}
 */
export async function post(request, headers, signal) {
  const started = performance.now();
  const response = await fetch(ENDPOINT, {
    method: "POST",
    headers: {
      Accept: "application/graphql-response+json, application/json;q=0.9",
      "Content-Type": "application/json",
      ...headers,
    },
    body: JSON.stringify(request),
    signal,
  });
  const text = await response.text();
  return {
    ok: response.ok,
    status: response.status,
    statusText: response.statusText,
    durationMs: performance.now() - started,
    bytes: new TextEncoder().encode(text).length,
    text,
    body: parse(text),
  };
}

/**
 * Starts a subscription. Headers travel in `connection_init`, as a browser cannot set them on a WebSocket.
 * @param {{onOpen, onNext, onEnd}} on `onEnd` gets one sentence and the errors, if any; it is called once.
 * @returns {() => void} stops it
 */
export function subscribe(request, headers, on) {
  const url = new URL(ENDPOINT, location.href);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  const socket = new WebSocket(url, PROTOCOL);
  const send = (message) => socket.readyState === WebSocket.OPEN && socket.send(JSON.stringify(message));
  const id = "1";
  let ended = false;

  function end(sentence, errors = []) {
    if (ended) return;
    ended = true;
    on.onEnd(sentence, errors);
    socket.close(1000);
  }

  const answer = {
    connection_ack: () => {
      on.onOpen();
      send({ id, type: "subscribe", payload: request });
    },
    next: ({ payload }) => on.onNext(payload),
    error: ({ payload }) => end("The server refused the subscription.", payload),
    complete: () => end("The subscription is complete."),
    ping: ({ payload }) => send({ type: "pong", payload }),
  };

  socket.addEventListener("open", () => send({ type: "connection_init", payload: headers }));
  socket.addEventListener("message", ({ data }) => {
    const message = parse(data);
    if (!ended) answer[message?.type]?.(message);
  });
  socket.addEventListener("close", ({ code, reason }) => {
    end(`The connection was closed (${code}${reason ? `, ${reason}` : ""}).`);
  });

  return () => {
    send({ id, type: "complete" });
    end("Stopped.");
  };
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
