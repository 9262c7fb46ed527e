// Follows a lesson while it is written and puts each block in its place as soon as it can be read. Without this file the page
// asks again by itself every few seconds.

import { prepareQuestions } from "./quiz.js";

const RELOAD_AFTER_MS = 2000;

const page = document.querySelector("[data-events]");
if (page) {
  follow(page);
}

function follow(page) {
  const body = page.querySelector("[data-body]");
  // What the page was served with is known; a browser that takes up a lost connection says itself what it heard last.
  const events = new EventSource(`${page.dataset.events}?after=${page.dataset.heard}`);

  events.addEventListener("message", ({ data }) => {
    const event = JSON.parse(data);
    if (event.state === "published" && isPath(event.location)) {
      events.close();
      lead(page, body, event.location);
    } else if (event.state === "failed") {
      events.close();
      showFailure(page, body, event.message);
    } else {
      steadily(body, () => {
        showStage(page, event);
        showNews(page, body, event);
      });
    }
  });

  // A dropped connection is taken up again by the browser; a refused one is not.
  events.addEventListener("error", () => {
    if (events.readyState === EventSource.CLOSED) {
      setTimeout(() => window.location.reload(), RELOAD_AFTER_MS);
    }
  });
}

function showStage(page, { percent, stage }) {
  page.querySelector("progress").value = percent;
  const [first, ...others] = page.querySelectorAll("[data-stage]");
  // A screen reader hears each stage once, not every percent.
  if (first.textContent !== stage) {
    [first, ...others].forEach((place) => (place.textContent = stage));
    say(page, `${stage}, ${percent} percent`);
  }
}

function say(page, news) {
  page.querySelector("[data-said]").textContent = news;
}

/** What can be read now and could not be read before, or has changed. */
function showNews(page, body, { head, blocks }) {
  if (head) {
    page.querySelector("[data-title]").textContent = head.title;
    const description = page.querySelector("[data-description]");
    description.textContent = head.description;
    description.hidden = false;
  }
  blocks.forEach((block) => place(body, block));
  if (blocks.length > 0) {
    const unchecked = body.querySelectorAll(".unchecked").length;
    say(page, `${body.children.length} parts to read, ${unchecked} of them still being checked`);
  }
}

/** Puts a block in its place. One that was only checked stays as it is, with the answers and hints that were opened in it. */
function place(body, block) {
  const old = find(body, block.id);
  if (block.html === null) {
    old?.remove();
  } else if (old?.dataset.form === block.form) {
    mark(old, block.checked);
  } else {
    const fresh = element(block.html);
    if (old) {
      replace(old, fresh);
    } else {
      const next = [...body.children].find((other) => Number(other.dataset.position) > block.position);
      body.insertBefore(fresh, next ?? null);
    }
    prepareQuestions(fresh);
  }
}

function find(body, id) {
  return [...body.children].find((block) => block.id === id);
}

/** The block that the server has rendered, as an element. */
function element(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content.firstElementChild;
}

/** Takes a block's mark away once it has passed its checks. */
function mark(block, checked) {
  if (checked && block.classList.contains("unchecked")) {
    block.classList.remove("unchecked");
    block.querySelector(".checking").remove();
  }
}

function replace(old, fresh) {
  const hadFocus = old.contains(document.activeElement);
  old.replaceWith(fresh);
  if (hadFocus) {
    // Whoever uses the keyboard goes on here and not at the top of the page.
    fresh.tabIndex = -1;
    fresh.focus({ preventScroll: true });
  }
}

/** Changes the page and keeps what the learner reads where it is. The style sheet turns the browser's own way of that off. */
function steadily(body, change) {
  const inView = window.scrollY > 0 ? readable(body) : [];
  const before = inView.map((block) => [block.id, block.getBoundingClientRect().top]);
  change();
  for (const [id, top] of before) {
    const now = find(body, id);
    if (now) {
      window.scrollBy({ top: now.getBoundingClientRect().top - top, behavior: "instant" });
      return;
    }
  }
}

/** The block that is being read, which is the one a third down the window, and all below it. */
function readable(body) {
  const line = window.innerHeight / 3;
  return [...body.children].filter((block) => block.getBoundingClientRect().bottom > line);
}

/** To the finished lesson, and there to the block that was being read. Who has begun with the quiz goes when they want to. */
function lead(page, body, location) {
  const [reading] = window.scrollY > 0 ? readable(body) : [];
  const address = reading ? `${location}#${reading.id}` : location;
  if (body.querySelector("input:checked")) {
    say(page, "The lesson is ready.");
    page.querySelectorAll('[data-while="running"]').forEach((part) => (part.hidden = true));
    page.querySelector('[data-while="ready"]').hidden = false;
    page.querySelector("[data-open]").href = location;
  } else {
    window.location.replace(address);
  }
}

/** There is no half of a lesson: what could be read goes as well. */
function showFailure(page, body, message) {
  page.querySelectorAll('[data-while="running"]').forEach((part) => (part.hidden = true));
  body.replaceChildren();
  page.querySelector('[data-while="failed"]').hidden = false;
  page.querySelector("[data-message]").textContent = `This lesson could not be written. ${message ?? ""}`.trim();
}

/** Only a path on this server: neither another server's address nor a program. */
function isPath(location) {
  return typeof location === "string" && /^\/(?![/\\])/.test(location);
}
