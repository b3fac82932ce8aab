// A script with types to erase, for cold loads.
import { script, ok } from "mik-sdk";

interface Item {
  readonly sku: string;
  readonly quantity: number;
}

type Total = { sku: string; amount: number };

const priced = (items: readonly Item[], price: number): Total[] =>
  items.map(({ sku, quantity }): Total => ({ sku, amount: quantity * price }));

export default script(async (req, host) => {
  const { items } = req.body as { items: Item[] };
  const answer = await host.call("http_hello", { method: "POST", body: { items } });
  return ok({ status: answer.status as number, totals: priced(items, 450) });
});
