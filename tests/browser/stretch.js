// What stretch.py evaluates in the page: longer(share) and faults().
({
  longer: share => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const texts = [];
    while (walker.nextNode()) texts.push(walker.currentNode);
    for (const text of texts) {
      const words = text.data.trim();
      if (!words || /^[\d\s.,%€+\-–—/·]+$/.test(words)) continue;
      if (text.parentElement.closest("script, style, svg, option, code, pre, textarea")) continue;
      const more = Math.ceil(words.length * share);
      const extra = words.length > 12 ? " " + "lorem ipsum ".repeat(more).slice(0, more).trim() : "onen".repeat(more).slice(0, more);
      text.data = text.data.trimEnd() + extra + (/\s$/.test(text.data) ? " " : "");
    }
  },
  faults: () => {
    const faults = [];
    const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
    if (wide > 0) {
      const out = [...document.body.querySelectorAll("*")].filter(e => {
        const box = e.getBoundingClientRect();
        return box.width && box.right > document.documentElement.clientWidth + 1
          && !e.closest(".table, .numbers, [tabindex='0'], .skip, .hidden, svg");
      });
      faults.push(`the page scrolls ${wide} px sideways: ${out.slice(-1).map(name)}`);
    }
    function name(e) {
      const text = (e.innerText || e.getAttribute("aria-label") || "").trim().replace(/\s+/g, " ");
      return `<${e.localName} class="${e.className.baseVal ?? e.className}"> ${text.slice(0, 40)}`;
    }
    function seen(e) {
      const box = e.getBoundingClientRect();
      return box.width > 1 && box.height > 1 && e.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true })
        && !e.closest(".skip, .hidden");
    }
    const all = [...document.querySelectorAll("button, a, label, legend, summary, th, h1, h2, h3, p, li, dt, dd, small")].filter(seen);
    for (const e of all) {
      const style = getComputedStyle(e);
      const cut = style.overflow !== "visible" || style.overflowX !== "visible";
      if (cut && (e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1)
          && !/auto|scroll/.test(style.overflowX + style.overflowY)) faults.push(`cut off: ${name(e)}`);
      if (!e.matches("button, a, label, summary")) continue;
      if (style.display === "inline") continue;
      const walker = document.createTreeWalker(e, NodeFilter.SHOW_TEXT), range = document.createRange();
      const box = e.getBoundingClientRect();
      while (walker.nextNode()) {
        if (!walker.currentNode.data.trim() || !seen(walker.currentNode.parentElement)) continue;
        range.selectNodeContents(walker.currentNode);
        const words = range.getBoundingClientRect();
        if (words.right > box.right + 2 || words.left < box.left - 2 || words.bottom > box.bottom + 3)
          faults.push(`sticks out of its box: ${name(e)}`);
      }
    }
    const pressed = all.filter(e => e.matches("button, a, summary") && !e.closest(".places, .tabs, svg"));
    for (let i = 0; i < pressed.length; i++) {
      for (const other of pressed.slice(i + 1, i + 12)) {
        const one = pressed[i];
        if (one.contains(other) || other.contains(one)) continue;
        if (getComputedStyle(one).display === "inline" || getComputedStyle(other).display === "inline") continue;
        if (getComputedStyle(one).position === "fixed" || getComputedStyle(other).position === "fixed") continue;
        const a = one.getBoundingClientRect(), b = other.getBoundingClientRect();
        const over = Math.min(a.right, b.right) - Math.max(a.left, b.left);
        const under = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
        if (over > 2 && under > 2) faults.push(`lies over ${name(other)}: ${name(one)}`);
      }
    }
    return [...new Set(faults)];
  },
})
