using System.Net;
using Xunit;

namespace Mik.EndToEnd.Tests;

/// <summary>What becomes of an error that a script does not catch: everything for the operator, nothing for the client.</summary>
public sealed class ScriptErrorTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Uncaught_error_is_logged_with_its_place_in_the_source_and_kept_from_the_client()
    {
        using var project = new TemporaryProject()
            .Write("scripts/lib/price.ts", """
                interface Item { readonly price?: number }

                export function priceOf(item: Item): number {
                  if (item.price === undefined) throw new RangeError("no price for secret-item");
                  return item.price;
                }
                """)
            .Write("scripts/cart.ts", """
                import { script, ok } from "mik-sdk";
                import { priceOf } from "./lib/price.ts";

                type Total = { total: number };

                export default script(async (req) => {
                  const answer: Total = { total: priceOf({}) };
                  return ok(answer);
                });
                """);
        await using var server = await MikProcess.StartAsync(project.Directory);

        using var request = new HttpRequestMessage(HttpMethod.Get, "/script/cart");
        request.Headers.Add("X-Request-ID", "cart-request-1");
        using var answer = await server.Client.SendAsync(request, Cancellation);

        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        var problem = await answer.Content.ReadAsStringAsync(Cancellation);
        Assert.Contains("urn:mik:error:script-threw", problem, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-item", problem, StringComparison.Ordinal);
        Assert.DoesNotContain("price.ts", problem, StringComparison.Ordinal);
        await server.WaitForLogAsync("(cart-request-1, ");
        var line = Assert.Single(server.Log.Split('\n'), static line => line.Contains("cart-request-1", StringComparison.Ordinal));
        Assert.Contains("script-threw: cart ", line, StringComparison.Ordinal);
        Assert.Contains("RangeError: no price for secret-item", line, StringComparison.Ordinal);
        Assert.Contains("lib/price.ts:4:", line, StringComparison.Ordinal);
        Assert.Contains("cart.ts:7:", line, StringComparison.Ordinal);
    }
}
