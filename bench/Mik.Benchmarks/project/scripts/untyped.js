// typed.ts without its types.
import { script, ok } from "mik-sdk";

const priced = (items, price) =>
  items.map(({ sku, quantity }) => ({ sku, amount: quantity * price }));

export default script(async (req, host) => {
  const { items } = req.body;
  const answer = await host.call("http_hello", { method: "POST", body: { items } });
  return ok({ status: answer.status, totals: priced(items, 450) });
});
