// The owner's keys: "/" goes to the search, Ctrl-K opens the commands, arrows walk what was found.
const dialog = document.getElementById("go");
const field = dialog?.querySelector("input");

const typing = (target) => target.closest("input, textarea, select, [contenteditable]") !== null;

function open() {
  if (!dialog.open) dialog.showModal();
  field.focus();
  field.select();
  field.dispatchEvent(new Event("input", { bubbles: true })); // with nothing asked: all places
}

// Up and down walk from the field through the links and back.
function walk(step) {
  const stops = [field, ...dialog.querySelectorAll("#go-found a")];
  const at = stops.indexOf(document.activeElement);
  stops[(at + step + stops.length) % stops.length].focus();
}

document.addEventListener("keydown", (event) => {
  if (!dialog) return;
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
    event.preventDefault();
    open();
  } else if (event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey && !typing(event.target)) {
    event.preventDefault();
    const search = document.querySelector("main input[type=search]");
    if (search) search.focus();
    else open();
  } else if (dialog.open && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
    event.preventDefault();
    walk(event.key === "ArrowDown" ? 1 : -1);
  }
});

// Enter opens what stands first; with nothing there the form asks the server.
dialog?.querySelector("form").addEventListener("submit", (event) => {
  const first = dialog.querySelector("#go-found a");
  if (!first) return;
  event.preventDefault();
  location.assign(first.href);
});

dialog?.addEventListener("click", (event) => {
  if (event.target === dialog) dialog.close();
});
