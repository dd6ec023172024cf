// What matrix.py evaluates in the page: small() and hidden().
({
  // Targets that are too small for a thumb. Links within a sentence are as high as its line.
  small: least => {
    const found = [];
    const selector = "a[href], button, input:not([type=hidden]), select, textarea, summary";
    for (const e of document.querySelectorAll(selector)) {
      if (!e.checkVisibility({ visibilityProperty: true, opacityProperty: true }) || e.closest(".skip, .hidden, .visually-hidden")) continue;
      if (e.matches("a") && getComputedStyle(e).display === "inline") continue;
      const label = e.matches("[type=checkbox], [type=radio]") && e.labels?.[0];
      const box = (label || e).getBoundingClientRect();
      if (!box.width || !box.height) continue;
      if (box.width < least - 0.5 || box.height < least - 0.5) {
        const text = (e.innerText || e.name || e.getAttribute("aria-label") || "").trim().slice(0, 40);
        found.push(`${Math.round(box.width)} × ${Math.round(box.height)} <${e.localName} class="${e.className}"> ${text}`);
      }
    }
    return found;
  },
  // What is wrong with the element that has the focus: it shows none, or lies under another.
  focus: () => {
    const e = document.activeElement;
    if (!e || e === document.body) return null;
    const shown = e.matches("[type=checkbox], [type=radio]") ? e.closest("label") ?? e : e;
    const said = `<${e.localName} class="${e.className}"> ${(e.innerText || e.name || "").trim().slice(0, 40)}`;
    const ringed = one => {
      const style = getComputedStyle(one);
      return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2 || style.boxShadow !== "none";
    };
    if (!ringed(e) && !ringed(shown)) return `focus is not seen: ${said}`;
    const box = e.getClientRects()[0];
    if (!box) return `has the focus and no place: ${said}`;
    const left = Math.max(0, box.left), right = Math.min(innerWidth, box.right);
    const top = Math.max(0, box.top), bottom = Math.min(innerHeight, box.bottom);
    if (left >= right || top >= bottom) return `has the focus out of sight: ${said}`;
    const over = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
    const own = over && (e.contains(over) || over.contains(e) || e.labels && [...e.labels].some(one => one.contains(over)));
    return own ? "" : `has the focus under <${over?.localName} class="${over?.className}">: ${said}`;
  },
})
