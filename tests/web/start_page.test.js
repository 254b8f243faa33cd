// The start page in a real browser, against a running Herald: choose, send, read the card, override, find it recorded.
//
// HERALD_URL    address of the running service, such as http://127.0.0.1:8080
// CHROMIUM      the browser's program; /usr/bin/chromium if unset
// SCREENSHOTS   directory for pictures of the pages; none are taken if unset

import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, afterEach, test } from "node:test";
import { chromium } from "playwright-core";

const address = process.env.HERALD_URL;
const screenshots = process.env.SCREENSHOTS;
assert.ok(address, "set HERALD_URL to the address of a running Herald");
const origin = new URL(address).origin;

const WIDE = { width: 1280, height: 900 };
const NARROW = { width: 320, height: 640 };

let browser;
let profile;
let page;
let complaints;
let strangers;

before(async () => {
  profile = await mkdtemp(join(tmpdir(), "herald-web-"));
  browser = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
      "--disable-component-update", "--disable-sync"],
    viewport: WIDE,
  });
});

after(async () => {
  await browser?.close();
  if (profile) await rm(profile, { recursive: true, force: true, maxRetries: 3 });
});

beforeEach(async () => {
  complaints = [];
  strangers = [];
  page = await browser.newPage();
  page.setDefaultTimeout(10_000);
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("request", (request) => {
    if (new URL(request.url()).origin !== origin) strangers.push(request.url());
  });
});

afterEach(async () => {
  await page.close();
  assert.deepEqual(complaints, [], "the browser's console has nothing to complain about");
  assert.deepEqual(strangers, [], "no request leaves the origin");
});

async function open(path = "/") {
  const reply = await page.goto(new URL(path, address).href);
  assert.equal(reply.status(), 200);
}

async function choose(title) {
  await page.getByRole("link", { name: title }).click();
  await page.getByRole("heading", { name: title, level: 2 }).waitFor();
}

/** Sends the request in the editor and gives back its hookInstance. */
async function send() {
  const request = JSON.parse(await page.getByLabel("The request, as an EHR sends it").inputValue());
  await page.getByRole("button", { name: /^Send to her2-/ }).click();
  await page.getByRole("heading", { name: "The reply" }).waitFor();
  return request.hookInstance;
}

async function picture(name) {
  if (screenshots) await page.screenshot({ path: join(screenshots, `${name}.png`), fullPage: true });
}

/** The line of the record that belongs to one firing of the hook. */
function recorded(instance) {
  return page.locator("#decisions").getByRole("row").filter({ hasText: instance });
}

async function assertFits(what) {
  const [content, window] = await page.evaluate(() => [
    document.documentElement.scrollWidth,
    document.documentElement.clientWidth,
  ]);
  assert.ok(content <= window, `${what}: ${content} px of content in ${window} px`);
}

test("an equivocal result is read, overridden with a reason, and found in the record", async () => {
  await open();
  await picture("start");
  await choose("Breast, IHC 2+ without ISH");
  const instance = await send();

  const card = page.getByRole("article");
  await card.getByText("Warning", { exact: true }).waitFor();
  const summary = await card.getByRole("heading", { level: 3 }).innerText();
  assert.match(summary, /IHC 2\+/);
  assert.match(summary, /equivocal/);
  assert.match(summary, /ISH/);
  assert.match(await page.locator(".headers").innerText(), /200\s[\s\S]*durable/);
  assert.match(await page.locator(".assessment").innerText(), /breast-asco-cap-2018\/IHC-2plus/);
  await picture("card");
  assert.match(await recorded(instance).innerText(), /Equivocal[\s\S]*None heard/);

  const wrong = page.getByRole("radio", { name: "The result shown is wrong or not this tumour" });
  await wrong.check();
  await page.getByLabel("Comment (optional)").fill("Block of the other breast.");
  await page.getByRole("button", { name: "Override" }).click();

  const line = recorded(instance).filter({ hasText: "Overridden" });
  await line.waitFor();
  assert.match(await line.innerText(), /Overridden: The result shown is wrong or not this tumour/);
  await picture("overridden");
});

test("a card that is accepted is recorded as accepted", async () => {
  await open();
  await choose("Breast, ISH group 4 with IHC 2+");
  const instance = await send();
  await page.getByRole("button", { name: "Accept" }).click();
  await recorded(instance).filter({ hasText: "Accepted" }).waitFor();
});

test("an order of trastuzumab for a HER2-negative tumour is critical, and its override is recorded", async () => {
  await open();
  await choose("Signing trastuzumab, breast IHC 1+");
  const instance = await send();
  const card = page.getByRole("article");
  await card.getByText("Critical", { exact: true }).waitFor();
  assert.match(await card.getByRole("heading", { level: 3 }).innerText(), /Trastuzumab is being signed/);
  await picture("order");
  await page.getByRole("radio", { name: "Positive result exists outside this record" }).check();
  await page.getByRole("button", { name: "Override" }).click();
  await recorded(instance).filter({ hasText: "Overridden" }).waitFor();
});

test("every rule stands on the page of its table, and a result in plain words on another", async () => {
  await open("/rules");
  await assertFits("rules");
  await page.getByRole("link", { name: "Breast", exact: true }).click();
  await page.getByText("G4-2plus", { exact: false }).first().waitFor();
  await assertFits("rules-breast");
  await open();
  await page.getByRole("link", { name: "handouts in plain words" }).click();
  await page.getByRole("heading", { name: /ovarian/i }).waitFor();
});

test("the same request sent again gets the recorded reply", async () => {
  await open("/?patient=ovarian-3plus");
  await send();
  await send();
  assert.match(await page.locator(".headers").innerText(), /Idempotent-Replay\s+true/);
});

test("a request that is not JSON is refused with a reason that can be read", async () => {
  await open("/?patient=breast-3plus");
  await page.getByLabel("The request, as an EHR sends it").fill("{");
  await page.getByRole("button", { name: "Send to her2-chart-review" }).click();
  await page.getByText("Refused", { exact: true }).waitFor();
  assert.match(await page.locator(".headers").innerText(), /HTTP status\s+400/);
  complaints = complaints.filter((text) => !text.includes("status of 400"));
});

test("nothing is called negative where no HER2 data were sent", async () => {
  await open("/?patient=no-data");
  await send();
  for (const category of await page.locator("#answer .category").allInnerTexts()) {
    assert.doesNotMatch(category, /negative/i);
  }
});

test("every sample is answered with status 200", async () => {
  await open();
  const links = await page.getByRole("navigation").getByRole("link").evaluateAll((all) => all.map((one) => one.href));
  assert.equal(links.length, 16);
  for (const link of links) {
    await page.goto(link);
    await send();
    assert.match(await page.locator(".headers").innerText(), /HTTP status\s+200/, link);
  }
});

test("at 320 px nothing has to be scrolled sideways", async () => {
  await page.setViewportSize(NARROW);
  await open();
  await assertFits("start page");
  await choose("Breast, IHC 2+ without ISH");
  await assertFits("request");
  await send();
  await page.getByText("Raw reply").click();
  await assertFits("reply");
  await picture("narrow");
});

test("a reply leads to the handout of its result, and it fits a narrow screen", async () => {
  await open("/?patient=ovarian-3plus");
  await send();
  await page.getByRole("link", { name: "Plain words for the patient" }).click();
  await page.getByRole("heading", { name: "Questions to ask" }).waitFor();
  await page.getByRole("heading", { name: "Your result: HER2 score 3+", level: 1 }).waitFor();
  await picture("handout");
  await page.setViewportSize(NARROW);
  await assertFits("handout");
  await open("/handout");
  await assertFits("list of handouts");
});

/** Moves the focus on until it is at the control of this name, which must be seen to have it. */
async function tabTo(control) {
  for (let steps = 0; steps < 60; steps += 1) {
    await page.keyboard.press("Tab");
    const [inside, outline] = await control.evaluate((element) => [
      element === document.activeElement,
      getComputedStyle(document.activeElement).outlineStyle,
    ]);
    assert.notEqual(outline, "none", "every control that has the focus shows it");
    if (inside) return;
  }
  assert.fail(`the keyboard does not reach ${control}`);
}

test("the keyboard alone chooses a patient, sends, and overrides with a reason", async () => {
  await open();
  await page.keyboard.press("Tab");
  assert.equal(await page.locator(":focus").innerText(), "Skip to content");
  await tabTo(page.getByRole("link", { name: "Gastric, IHC 2+" }));
  await page.keyboard.press("Enter");
  const editor = page.getByLabel("The request, as an EHR sends it");
  const { hookInstance } = JSON.parse(await editor.inputValue());
  await tabTo(page.getByRole("button", { name: "Send to her2-chart-review" }));
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "The reply" }).waitFor();
  await tabTo(page.getByRole("radio").first());
  await page.keyboard.press("ArrowDown");
  assert.ok(await page.getByRole("radio").nth(1).isChecked());
  await tabTo(page.getByRole("button", { name: "Override" }));
  await page.keyboard.press("Enter");
  await recorded(hookInstance).filter({ hasText: "Overridden: Not enough tissue" }).waitFor();
});

test("a form that another site makes the browser post is refused and leaves nothing in the record", async () => {
  await page.setContent(`<form method="post" action="${origin}/try">
    <input name="patient" value="no-data"><textarea name="request"></textarea><button>Win a prize</button></form>`);
  const hookInstance = crypto.randomUUID();
  await page.getByRole("textbox").last().fill(JSON.stringify({
    hook: "patient-view", hookInstance, context: { userId: "Practitioner/x", patientId: "x" }, prefetch: { her2: null },
  }));
  const refusal = page.waitForResponse(`${origin}/try`);
  await page.getByRole("button").click();
  assert.equal((await refusal).status(), 403);
  await open();
  assert.equal(await recorded(hookInstance).count(), 0);
  // Beside the refusal, the browser looks for the icon of a reply that names none.
  complaints = complaints.filter((text) => !/status of 40[34]/.test(text));
});
