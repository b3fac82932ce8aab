// Five calls, each made when the one before it has been answered.
import { script, ok } from "mik-sdk";

export default script(async (req, host) => {
  const { sku } = req.body;
  const statuses = [];
  for (let i = 0; i < 5; i++) {
    statuses.push((await host.call("http_hello", { method: "POST", body: { sku } })).status);
  }
  return ok({ sku, statuses });
});
