// What a reader does with mouse and keyboard: from the login form to the declaration, from headlines to what they rest on.
//   clicks.mjs URL TOKEN DOWNLOADS
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { browser, tab } from "./open.mjs";

const [base, token, downloads] = process.argv.slice(2);
const chromium = await browser();
const told = {};
try {
  const page = await tab(chromium, {});
  const path = () => new URL(page.url()).pathname;
  const text = (selector) => page.$eval(selector, (element) => element.textContent.replace(/\s+/g, " ").trim());
  const follow = (act) => Promise.all([page.waitForNavigation(), act()]);
  const click = (selector) => follow(() => page.click(selector));
  const say = (words) => click(`::-p-text(${words})`);
  const menu = async (words) => {
    const links = await page.$$("nav ul a");
    for (const link of links) {
      if ((await link.evaluate((it) => it.textContent)) === words) return follow(() => link.click());
    }
    throw new Error(`the menu has no ${words}`);
  };
  const json = async () => JSON.parse(await page.evaluate(() => document.body.textContent));

  // Without any right: the form, and not one figure.
  await page.goto(`${base}/procurement`);
  told.stranger = { form: (await page.$$("form[action='/login']")).length, tables: (await page.$$("table")).length };
  await page.type("input[type=password]", "wrong");
  await follow(() => page.keyboard.press("Enter"));
  told.wrong = { alert: await text("[role=alert]"), described: await page.$eval("input[type=password]", (it) => it.getAttribute("aria-describedby")) };
  await page.type("input[type=password]", token);
  await follow(() => page.keyboard.press("Enter"));
  told.login = { path: path(), current: await text("nav [aria-current=page]") };

  // A language that was chosen stays chosen.
  await say("English");
  await menu("Procurement");
  told.english = { lang: await page.$eval("html", (it) => it.lang), title: await text("h1") };
  await say("Français");
  told.french = { lang: await page.$eval("html", (it) => it.lang), title: await text("h1") };

  // The declaration arrives as a file.
  const session = await chromium.target().createCDPSession();
  await session.send("Browser.setDownloadBehavior", { behavior: "allow", downloadPath: downloads, eventsEnabled: true });
  const file = new Promise((arrived) => {
    let name = "";
    session.on("Browser.downloadWillBegin", (event) => (name = event.suggestedFilename));
    session.on("Browser.downloadProgress", ({ state }) => state === "completed" && arrived(name));
  });
  await page.click("#declarations ~ p a:last-of-type");
  const name = await file;
  told.declaration = { name, lines: readFileSync(join(downloads, name), "utf8").split(/\r?\n/).filter(Boolean) };

  // The legal rate, and the lines that it is the sum of.
  await menu("L'essentiel");
  const card = (at) => `ul.cards li:nth-child(${at})`;
  told.rate = await text(`${card(1)} .figure`);
  await click(`${card(1)} .figure a`);
  told.readings = (await json()).items;
  await page.goBack();
  await click(`${card(1)} .note a`);
  told.lines = [];
  for (let next = page.url(); next; ) {
    if (next !== page.url()) await page.goto(next);
    const answer = await json();
    told.lines.push(...answer.items);
    next = answer.next ? `${base}${path()}?cursor=${encodeURIComponent(answer.next)}` : null;
  }

  // From the footprint to a kind, from the kind to its factors, from there to all of them.
  await page.goto(base);
  told.footprint = await text(`${card(2)} .figure a`);
  await click(`${card(2)} .figure a`);
  told.total = { path: path(), foot: await text("#equipment ~ div tfoot") };
  await click("#equipment ~ div tbody th a");
  told.kind = { path: path(), rows: await page.$$eval("#makeup ~ div tbody tr", (rows) => rows.map((row) => row.children[2].firstChild.textContent)) };
  await click("a[href='/api/v1/factors']");
  told.factors = (await json()).items.map((factor) => factor.id);

  // One laptop: found, opened, and each of its facts said by a source.
  await page.goto(base);
  await menu("Parc");
  await page.type("input[name=q]", "Latitude 5410");
  await page.select("select[name=kind]", "laptop");
  await click("main form button");
  told.found = { search: new URL(page.url()).search, ids: await page.$$eval("#fleet ~ div tbody th a", (links) => links.map((link) => link.textContent)) };
  await click("#fleet ~ div tbody th a");
  told.asset = {
    said: await page.$$eval("#facts ~ div tbody tr", (rows) => rows.map((row) => row.lastElementChild.textContent)),
    steps: await page.$$eval("#steps ~ div tbody tr", (rows) => rows.map((row) => row.textContent)),
  };

  // Asking for a collection comes back to where it shows; then out.
  await menu("Sources");
  await click("form[action$='/effectifs/sync'] button");
  told.asked = { path: path(), title: await text("h1") };
  await say("Se déconnecter");
  told.out = { path: path(), form: (await page.$$("form[action='/login']")).length };
  console.log(JSON.stringify(told));
} finally {
  await chromium.close();
}
