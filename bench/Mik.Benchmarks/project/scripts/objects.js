// Objects, arrays, JSON there and back: what scripts that compose answers do.
import { script, ok } from "mik-sdk";

export default script(async () => {
  const items = Array.from({ length: 500 }, (_, i) => ({ sku: `sku-${i}`, quantity: i % 17, price: { amount: i * 3, currency: "EUR" } }));
  const parsed = JSON.parse(JSON.stringify({ items }));
  const total = parsed.items
    .filter((item) => item.quantity > 3)
    .map(({ quantity, price }) => quantity * price.amount)
    .reduce((sum, amount) => sum + amount, 0);
  return ok({ result: total });
});
