// Passkeys: the browser's own dialogue, between two short requests. Without support the button stays hidden.
const button = document.getElementById("passkey");
const failed = document.getElementById("passkey-failed");

function send(address, body) {
  const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
  return fetch(address, { method: "POST", headers: { "X-CSRFToken": token, "Content-Type": "application/json" }, body });
}

async function dialogue() {
  const { publicKey } = await (await send(button.dataset.ask)).json();
  const making = button.dataset.does === "make";
  const made = making
    ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(publicKey) })
    : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(publicKey) });
  return (await send(button.dataset.answer, JSON.stringify(made.toJSON()))).ok;
}

button?.addEventListener("click", async () => {
  failed.hidden = true;
  const ok = await dialogue().catch(() => false); // declined, or no key here: the sentence says what to do
  if (ok) location.assign(button.dataset.then);
  else failed.hidden = false;
});

if (window.PublicKeyCredential?.parseCreationOptionsFromJSON) button?.removeAttribute("hidden");
