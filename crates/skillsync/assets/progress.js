// Follows a lesson while it is written. Without this file the page asks again by itself every two seconds.

const RELOAD_AFTER_MS = 2000;

const page = document.querySelector("[data-events]");
if (page) {
  follow(page);
}

function follow(page) {
  const bar = page.querySelector("progress");
  const stage = page.querySelector("[data-stage]");
  const said = page.querySelector("[data-said]");
  const events = new EventSource(page.dataset.events);

  events.addEventListener("message", ({ data }) => {
    const event = JSON.parse(data);
    if (event.state === "published" && isPath(event.location)) {
      events.close();
      window.location.replace(event.location);
    } else if (event.state === "failed") {
      events.close();
      showFailure(page, event.message);
    } else {
      bar.value = event.percent;
      // A screen reader hears each stage once, not every percent.
      if (stage.textContent !== event.stage) {
        stage.textContent = event.stage;
        said.textContent = `${event.stage}, ${event.percent} percent`;
      }
    }
  });

  // A dropped connection is taken up again by the browser; a refused one is not.
  events.addEventListener("error", () => {
    if (events.readyState === EventSource.CLOSED) {
      setTimeout(() => window.location.reload(), RELOAD_AFTER_MS);
    }
  });
}

function showFailure(page, message) {
  page.querySelector('[data-while="running"]').hidden = true;
  page.querySelector('[data-while="failed"]').hidden = false;
  page.querySelector("[data-message]").textContent = `This lesson could not be written. ${message ?? ""}`.trim();
}

/** Only a path on this server: neither another server's address nor a program. */
function isPath(location) {
  return typeof location === "string" && /^\/(?![/\\])/.test(location);
}
