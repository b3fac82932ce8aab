using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Mik.Server.Catalog;
using Mik.Server.Pipeline;

namespace Mik.Server.Hosting;

/// <summary>What the web server calls for each request: no middleware, no container, only the pipeline.</summary>
internal sealed class HttpApplication(RequestPipeline pipeline, Func<HandlerCatalog> catalog, RequestLimits limits, TimeProvider time)
    : IHttpApplication<HttpContext>
{
    public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

    public Task ProcessRequestAsync(HttpContext context) =>
        pipeline.ServeAsync(new Exchange(context, catalog(), time, limits.MaxBodyBytes));

    public void DisposeContext(HttpContext context, Exception? exception)
    {
    }
}
