using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Abstractions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Mik.Server.Pipeline;

namespace Mik.Server.Hosting;

/// <summary>What the web server calls for each request: no middleware, no container, only the pipeline of the project as it then is.</summary>
/// <param name="current">What is served now.</param>
/// <param name="time">The clock.</param>
internal sealed class HttpApplication(Func<ServedProject> current, TimeProvider time) : IHttpApplication<HttpContext>
{
    public HttpContext CreateContext(IFeatureCollection contextFeatures)
    {
        if (contextFeatures is not IHostContextContainer<HttpContext> connection)
        {
            return new DefaultHttpContext(contextFeatures);
        }

        // The web server keeps it for the connection's next request.
        if (connection.HostContext is DefaultHttpContext kept)
        {
            kept.Initialize(contextFeatures);
            return kept;
        }

        return connection.HostContext = new DefaultHttpContext(contextFeatures);
    }

    public async Task ProcessRequestAsync(HttpContext context)
    {
        var project = current();
        while (!project.TryEnter())
        {
            var next = current();
            if (next == project)
            {
                // Nothing came in its place: the server is gone, and with it whoever could answer.
                context.Abort();
                return;
            }

            project = next;
        }

        try
        {
            await project.Pipeline.ServeAsync(new Exchange(context, project.Catalog, time, project.Limits.MaxBodyBytes));
        }
        finally
        {
            project.Leave();
        }
    }

    public void DisposeContext(HttpContext context, Exception? exception) => ((DefaultHttpContext)context).Uninitialize();
}
