// The counter on the home screen: keeps the page at hand without a network, and says how to install.
const box = document.getElementById("installing");
const SHOWN = "habitue-install-shown"; // who does not want it is not asked again

export async function install() {
  if (!navigator.serviceWorker) return;
  const registered = await navigator.serviceWorker.register(box.dataset.worker, { scope: box.dataset.scope }).catch(() => null);
  if (!registered) return;
  if (registered.waiting) offerUpdate(registered.waiting);
  registered.addEventListener("updatefound", () => {
    const next = registered.installing;
    next.addEventListener("statechange", () => {
      if (next.state === "installed" && navigator.serviceWorker.controller) offerUpdate(next);
    });
  });
  navigator.storage?.persist?.();
  offerHome();
}

function offerUpdate(next) {
  const renewed = box.querySelector(".renewed");
  renewed.hidden = false;
  renewed.querySelector("button").addEventListener("click", () => {
    navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
    next.postMessage("take over");
  });
}

function offerHome() {
  if (matchMedia("(display-mode: standalone)").matches || navigator.standalone || localStorage.getItem(SHOWN)) return;
  const home = box.querySelector(".home");
  home.querySelector(".no").addEventListener("click", () => {
    localStorage.setItem(SHOWN, "1");
    home.hidden = true;
  });
  if (/iPhone|iPad/.test(navigator.userAgent)) {
    home.querySelector(".apple").hidden = false;
    home.hidden = false;
  }
  addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    const button = home.querySelector(".yes");
    button.hidden = home.hidden = false;
    button.addEventListener("click", async () => {
      home.hidden = true;
      await event.prompt();
    }, { once: true });
  });
}
