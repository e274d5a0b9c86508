import { existsSync } from 'node:fs';
import { adminKey, until, useHouse } from '@polyphony/testing';
import { type Browser, type BrowserContext, type Page, chromium } from 'playwright-core';

const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) =>
  existsSync(path),
);
const patienceMs = 40_000;

/** Where no browser is installed the page cannot be tried; on CI that is a failure. */
const describePage = executablePath || process.env.CI ? describe : describe.skip;

describePage('the page, in a real browser', () => {
  const house = useHouse('postgres', { lists: true });
  let browser: Browser;
  let context: BrowserContext;
  const faults: string[] = [];

  beforeAll(async () => {
    if (!executablePath)
      throw new Error('No Chromium is installed: install the package chromium, these cases must not be skipped here.');
    browser = await chromium.launch({
      executablePath,
      args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking'],
    });
    context = await browser.newContext({ viewport: { width: 1440, height: 1000 } });
    context.on('page', (page) => {
      page.on('pageerror', (error) => faults.push(String(error)));
      page.on('console', (message) => void (message.type() === 'error' && faults.push(message.text())));
    });
  });
  afterAll(() => browser?.close());

  const answers = (page: Page) => page.getByRole('region', { name: /^Answer [A-D]$/ });
  const texts = async (page: Page): Promise<string[]> => answers(page).allInnerTexts();

  it('signs in by a link and keeps the key out of the address', async () => {
    const page = await context.newPage();
    await page.goto(`${house.url()}/#key=${adminKey}`);
    await page.getByRole('textbox').first().waitFor({ timeout: patienceMs });
    expect(page.url()).not.toContain(adminKey);
    expect(await page.evaluate('document.cookie')).toBe('');
    await page.close();
  });

  it('shows four answers while they are written, and a reload and a second tab lose nothing', async () => {
    const page = await context.newPage();
    await page.goto(house.url());
    await page.getByRole('textbox').first().fill('Is a monorepo right for a small team?');
    await page.keyboard.press('Control+Enter');
    await page.waitForURL(/\/c\//, { timeout: patienceMs });
    await until(async () => (await texts(page)).filter((text) => text.length > 40).length >= 2, 'two answers grow', patienceMs);
    await page.reload();
    const second = await context.newPage();
    await second.goto(page.url());
    await answers(second).first().waitFor({ timeout: patienceMs });
    await second
      .getByRole('button', { name: /^Stop sim/ })
      .first()
      .click();
    for (const tab of [page, second]) await tab.getByRole('button', { name: 'Ask again' }).waitFor({ timeout: patienceMs });
    expect(await page.getByText('1 of 4 answers was cancelled').count()).toBeGreaterThan(0);
    expect(await page.getByRole('heading', { name: 'Ranking' }).count()).toBe(1);
    expect(await texts(second)).toEqual(await texts(page));
    const { json } = await house.http('GET', '/v1/comparisons?limit=1');
    expect(json.items[0].answers.filter(({ status }: { status: string }) => status === 'completed')).toHaveLength(3);
    expect(faults).toEqual([]);
  });
});
