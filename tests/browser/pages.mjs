// Every page that a link leads to, in French and English, wide and narrow, light and dark: what axe-core says of it, what
// it costs to fetch, where the focus goes, and whether its drawings are told by a table.
//   pages.mjs URL
import { browser, reproaches, tab } from "./open.mjs";

const base = process.argv[2];
const VIEWS = [{ width: 1280, lang: "fr" }, { width: 320, lang: "en" }];

/** Runs some jobs, two at a time: as many as a small machine has cores. */
async function each(jobs, run) {
  const left = jobs.map((job, at) => [job, at]);
  const done = [];
  const worker = async () => {
    for (let next = left.shift(); next; next = left.shift()) done[next[1]] = await run(next[0]);
  };
  await Promise.all([worker(), worker()]);
  return done;
}

/** What a tab fetches from now on: bytes on the wire, headers too. */
async function fetched(page) {
  const session = await page.createCDPSession();
  const requests = new Map();
  await session.send("Network.enable");
  session.on("Network.requestWillBeSent", ({ requestId, request, type }) => {
    if (!request.url.startsWith("data:")) requests.set(requestId, { url: request.url, type, bytes: 0 });
  });
  session.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    if (requests.has(requestId)) requests.get(requestId).bytes = encodedDataLength;
  });
  return { session, requests };
}

/** What a page is made of. */
const made = (page) =>
  page.evaluate(() => {
    const all = (selector, within = document) => [...within.querySelectorAll(selector)];
    // As GreenIT-Analysis counts: what stands inside a drawing is not counted.
    const dom = all("*").length - all("svg *").length;
    const plain = (text) => text.replace(/\s+/g, " ").trim();
    const tables = all("table").map((table) => plain(table.textContent)).join(" ");
    const charts = all("svg").map((svg) => {
      const name = svg.getAttribute("role") === "img" ? svg.getAttribute("aria-label") : "";
      const figures = svg.matches(".bars") ? all("text", svg).map((text) => text.textContent) : name.match(/\d+\s?%/g) ?? [];
      const missing = figures.map((figure) => plain(figure).replace("+", "")).filter((figure) => /\d/.test(figure) && !tables.includes(figure));
      return { name, figures: figures.length, missing };
    });
    const links = all("a[href]").map((link) => link.getAttribute("href"));
    return { lang: document.documentElement.lang, title: document.title, dom, charts, links };
  });

/** Tab by Tab: what is reached, what is not, and what shows no focus. */
async function focused(page) {
  const reachable = await page.evaluate(() => {
    const all = [...document.querySelectorAll("a[href],button,input:not([type=hidden]),select,summary,[tabindex='0']")];
    const shown = all.filter((element) => element.checkVisibility());
    shown.forEach((element, at) => (element.dataset.stop = at));
    return shown.length;
  });
  const reached = new Set();
  const dim = [];
  let before;
  for (let press = 0; press < reachable + 40; press += 1) {
    await page.keyboard.press("Tab");
    const stop = await page.evaluate(async () => {
      const element = document.activeElement;
      if (!element || element === document.body) return null;
      const light = (colour) => {
        const [r, g, b] = colour.match(/[\d.]+/g).map((part) => {
          const share = Number(part) / 255;
          return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
      };
      const shows = () => {
        const style = getComputedStyle(element);
        const box = element.getBoundingClientRect();
        const [low, high] = [light(style.outlineColor), light(getComputedStyle(document.body).backgroundColor)].sort((a, b) => a - b);
        const outlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2 && (high + 0.05) / (low + 0.05) >= 3;
        return outlined && box.width > 0 && box.right > 0 && box.bottom > 0 && box.top < innerHeight && box.left < innerWidth;
      };
      // Some frames, where the page has to scroll first.
      for (let frame = 0; frame < 20 && !shows(); frame += 1) await new Promise(requestAnimationFrame);
      return { at: element.dataset.stop ?? "", shows: shows(), html: element.outerHTML.slice(0, 120) };
    });
    // Within a date the key goes from part to part.
    if (stop && stop.at === before) continue;
    if (!stop || reached.has(stop.at)) break;
    before = stop.at;
    reached.add(stop.at);
    if (!stop.shows) dim.push(stop.html);
  }
  return { reachable, reached: reached.size, dim };
}

/** How a page stands in a view, light and dark. */
async function looks(page, view) {
  const { lang, overflow } = await page.evaluate(() => {
    for (const details of document.querySelectorAll("details")) details.open = true;
    return { lang: document.documentElement.lang, overflow: document.documentElement.scrollWidth - innerWidth };
  });
  const both = [];
  for (const dark of [false, true]) both.push({ ...view, dark, told: lang, overflow, ...(await reproaches(page, dark)) });
  return both;
}

const chromium = await browser();
try {
  // From the first page along every link to another page: one address for each, and one that asks something of it.
  const known = new Map([["/", "/"], ["/login", "/login"]]);
  const pages = [];
  while (pages.length < known.size) {
    const fresh = [...known.values()].slice(pages.length);
    pages.push(
      ...(await each(fresh, async (address) => {
        const page = await tab(chromium, VIEWS[0]);
        const { session, requests } = await fetched(page);
        const answer = await page.goto(base + address);
        const told = { address, status: answer.status(), encoding: answer.headers()["content-encoding"] ?? "" };
        Object.assign(told, await made(page), { focus: await focused(page), views: [] });
        told.requests = [...requests.values()];
        await session.detach();
        for (const view of VIEWS) {
          if (view !== VIEWS[0]) {
            await page.setViewport({ width: view.width, height: 900 });
            await page.setExtraHTTPHeaders({ "accept-language": view.lang });
            await page.goto(base + address);
          }
          told.views.push(...(await looks(page, view)));
        }
        await page.close();
        return told;
      })),
    );
    for (const link of pages.flatMap((page) => page.links)) {
      const { pathname, search } = new URL(link, base);
      const key = search ? `${pathname}?` : pathname;
      if (!link.startsWith("/") || pathname.startsWith("/api/") || search.includes("lang=") || known.has(key)) continue;
      known.set(key, pathname + search);
    }
  }
  console.log(JSON.stringify(pages));
} finally {
  await chromium.close();
}
