// What every page owes to everybody, checked in the page itself: names, landmarks, headings, contrast, nothing wider than the window; and a focus that can be
// seen on everything that can be used. The checks run in the browser, so they are written as its scripts; each gives one sentence per fault.
import type { Page } from "playwright-core";

const STRUCTURE = `(() => {
  const faults = [];
  const say = (element) => (element.outerHTML || "").replace(/\\s+/g, " ").slice(0, 120);
  const all = (selector) => [...document.querySelectorAll(selector)];
  const count = (selector, wanted) => {
    const found = all(selector).length;
    if (found !== wanted) faults.push(found + " of " + selector + ", not " + wanted);
  };
  if (!document.documentElement.lang) faults.push("the document has no language");
  if (!document.title.trim()) faults.push("the document has no title");
  for (const selector of ["h1", "main", "body > header", "body > footer"]) count(selector, 1);
  for (const nav of all("nav")) if (!nav.getAttribute("aria-label") && !nav.getAttribute("aria-labelledby")) faults.push("a nav without a name: " + say(nav));
  if (all("nav").length === 0) faults.push("no nav");
  let level = 1;
  for (const heading of all("h1, h2, h3, h4, h5, h6")) {
    const next = Number(heading.tagName[1]);
    if (next > level + 1) faults.push("h" + level + " is followed by h" + next + ": " + say(heading));
    level = next;
    if (!heading.textContent.trim()) faults.push("an empty heading");
  }
  for (const field of all("input:not([type=hidden]), select, textarea")) {
    const text = [...(field.labels || [])].map((label) => label.textContent.trim()).join("") || field.getAttribute("aria-label");
    if (!text) faults.push("a field without a label: " + say(field));
  }
  for (const control of all("a[href], button, summary")) {
    if (!(control.textContent.trim() || control.getAttribute("aria-label"))) faults.push("a control without a name: " + say(control));
  }
  for (const table of all("table")) {
    if (!table.caption) faults.push("a table without a caption: " + say(table));
    for (const head of table.querySelectorAll("th")) if (!head.scope) faults.push("a th without a scope: " + say(head));
  }
  for (const image of all("img, svg")) {
    if (!(image.hasAttribute("alt") || image.getAttribute("aria-label") || image.getAttribute("aria-hidden") === "true")) faults.push("an image without a name: " + say(image));
  }
  for (const element of all("[aria-labelledby], [aria-describedby]")) {
    for (const id of ((element.getAttribute("aria-labelledby") || "") + " " + (element.getAttribute("aria-describedby") || "")).trim().split(/\\s+/)) {
      if (!document.getElementById(id)) faults.push(id + " names nothing: " + say(element));
    }
  }
  const ids = all("[id]").map(({ id }) => id);
  for (const id of new Set(ids.filter((id, index) => ids.indexOf(id) !== index))) faults.push("the id " + id + " is there twice");
  if (all("script, style, [style], [onclick]").length > 0) faults.push("something inline that the content policy forbids");
  return faults;
})()`;

/** The page against its window, and text against what is behind it (WCAG 2.2, 1.4.3: 4.5 to 1, or 3 to 1 for large text). */
const LOOKS = `(() => {
  const faults = [];
  const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  if (wide > 0) faults.push("the page is " + wide + " px wider than its window");
  const pen = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const rgba = (colour) => {
    pen.clearRect(0, 0, 1, 1);
    pen.fillStyle = colour;
    pen.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = pen.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const over = ([r, g, b, a], [x, y, z]) => [r * a + x * (1 - a), g * a + y * (1 - a), b * a + z * (1 - a), 1];
  const behind = (element) => {
    const layers = [];
    for (let at = element; at; at = at.parentElement) {
      const layer = rgba(getComputedStyle(at).backgroundColor);
      layers.push(layer);
      if (layer[3] === 1) break;
    }
    return layers.reduceRight((below, layer) => over(layer, below), rgba("Canvas"));
  };
  const light = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((part) => part / 255).map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const seen = new Set();
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement;
    const text = texts.currentNode.textContent.trim();
    if (!text || seen.has(element) || !element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
    seen.add(element);
    const box = element.getBoundingClientRect();
    if (box.width <= 1 || box.bottom < 0) continue;
    const style = getComputedStyle(element);
    const ground = behind(element);
    const [a, b] = [light(over(rgba(style.color), ground)), light(ground)];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    if (ratio < (large ? 3 : 4.5)) faults.push("contrast " + ratio.toFixed(2) + ": " + text.slice(0, 60));
  }
  // WCAG 2.2, 2.5.8: 24 px each way, or so far from every other target that a circle of 24 px meets none. Links inside a text are excepted.
  const targets = [...document.querySelectorAll("a[href], button, summary, select, textarea, input:not([type=hidden])")].filter((target) => target.checkVisibility());
  for (const target of targets.filter((one) => one.tagName !== "A")) {
    const box = target.getBoundingClientRect();
    if (box.width >= 24 && box.height >= 24) continue;
    const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
    const near = targets.find((other) => {
      const { left, right, top, bottom } = other.getBoundingClientRect();
      return other !== target && Math.hypot(Math.max(left - x, 0, x - right), Math.max(top - y, 0, y - bottom)) < 12;
    });
    if (near) faults.push("smaller than 24 px beside another target: " + target.outerHTML.slice(0, 80));
  }
  return faults;
})()`;

/** What scrolls by itself is among them: the keyboard has to reach it. */
const USABLE = `[...document.querySelectorAll("a[href], button, summary, select, textarea, input:not([type=hidden]), [tabindex='0']")].filter((element) => element.checkVisibility()).length`;

/** From the top again, whatever had the focus before; then each keypress tells first what the one before it has come to. */
const WATCH_FOCUS = `(() => {
  document.body.tabIndex = -1;
  document.body.focus();
  document.body.removeAttribute("tabindex");
  scrollTo(0, 0);
  window.focusSeen = [];
  if (window.seeFocus) return;
  window.seeFocus = () => {
    const element = document.activeElement;
    const last = window.focusSeen.at(-1);
    // A date is several stops of the key.
    if (!element || element === document.body || element === last?.element) return;
    const { outlineStyle, outlineWidth, outlineColor } = getComputedStyle(element);
    const { top, bottom, left, right } = element.getBoundingClientRect();
    window.focusSeen.push({
      element,
      again: window.focusSeen.some((seen) => seen.element === element),
      what: element.outerHTML.replace(/\\s+/g, " ").slice(0, 100),
      outlined: outlineStyle !== "none" && parseFloat(outlineWidth) >= 2 && !/, 0\\)$|transparent/.test(outlineColor),
      inWindow: bottom > 0 && top < innerHeight && right > 0 && left < innerWidth,
    });
  };
  addEventListener("keydown", window.seeFocus, { capture: true });
})()`;
const SEEN_FOCUS = `(() => {
  window.seeFocus();
  return window.focusSeen.map(({ again, what, outlined, inWindow }) => ({ again, what, outlined, inWindow }));
})()`;
/** Day, month, year, and the button that opens the calendar. */
const STOPS_OF_A_DATE = 4;

export const structureFaults = (page: Page): Promise<string[]> => page.evaluate(STRUCTURE);
export const looksFaults = (page: Page): Promise<string[]> => page.evaluate(LOOKS);

/** Goes through the page with Tab: everything that can be used is reached, is in the window then, and shows that it has the focus. */
export async function focusFaults(page: Page): Promise<string[]> {
  const faults: string[] = [];
  const usable = (await page.evaluate(USABLE)) as number;
  const dates = await page.locator("input[type=date]").count();
  await page.evaluate(WATCH_FOCUS);
  const presses = usable + 2 + dates * (STOPS_OF_A_DATE - 1);
  // Sent without waiting for each: the browser takes them one after another.
  await Promise.all(Array.from({ length: presses }, () => page.keyboard.down("Tab")));
  await page.keyboard.up("Tab");
  const seen = (await page.evaluate(SEEN_FOCUS)) as { again: boolean; what: string; outlined: boolean; inWindow: boolean }[];
  const round = seen.findIndex(({ again }) => again);
  const reached = round < 0 ? seen : seen.slice(0, round);
  for (const { what, outlined, inWindow } of reached) {
    if (!outlined) faults.push(`focus cannot be seen: ${what}`);
    if (!inWindow) faults.push(`focus is outside the window: ${what}`);
  }
  if (reached.length !== usable) faults.push(`Tab reaches ${reached.length} of ${usable} controls`);
  return faults;
}
