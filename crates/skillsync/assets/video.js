// Plays a video in the page once its reader asks for that, and has the player jump to moments. Until then nothing is
// loaded from elsewhere; without this file links lead to the video's own page.

for (const player of document.querySelectorAll("[data-player]")) {
  offer(player);
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-play]");
  const player = link && document.getElementById(link.dataset.film)?.querySelector("[data-player]");
  // Before the player is there the link is an ordinary one, and so it is with a key held, for a tab of its own.
  if (!player?.querySelector("iframe") || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) {
    return;
  }
  event.preventDefault();
  play(player, link.dataset.play).scrollIntoView({ block: "nearest" });
});

/** Gives a video a button that loads its player, and says from where. */
function offer(player) {
  const watch = player.querySelector(".watch");
  const link = watch.querySelector("a");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button";
  button.textContent = "Play here";
  const note = document.createElement("p");
  note.className = "hint";
  note.textContent = `“Play here” loads the player from ${player.dataset.host}. Until then, nothing comes from there.`;
  watch.prepend(button);
  watch.after(note);
  link.classList.add("quiet");
  link.textContent = "Watch on its own page";

  button.addEventListener("click", () => {
    button.remove();
    note.remove();
    play(player, player.dataset.player).querySelector("iframe").focus();
  });
}

/**
 * Shows the player at an address. Each time it is a new frame: another address in the same frame would be one more page
 * to go back from.
 */
function play(player, address) {
  let screen = player.querySelector(".screen");
  if (!screen) {
    screen = document.createElement("div");
    screen.className = "screen";
    player.prepend(screen);
  }
  const frame = document.createElement("iframe");
  frame.title = `Video: ${player.dataset.title}`;
  frame.loading = "lazy";
  frame.allow = "autoplay; encrypted-media; fullscreen; picture-in-picture";
  // Its own origin is another one than ours, so the player keeps its storage and cannot reach this page.
  frame.setAttribute("sandbox", "allow-scripts allow-same-origin allow-presentation allow-popups allow-popups-to-escape-sandbox");
  // Players refuse to play where they are not told the site; which page it is stays here.
  frame.referrerPolicy = "strict-origin";
  frame.src = address;
  screen.replaceChildren(frame);
  return screen;
}
