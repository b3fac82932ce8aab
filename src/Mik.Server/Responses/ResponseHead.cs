using System.Globalization;
using Microsoft.AspNetCore.Http;
using Mik.Server.Pipeline;
using Mik.Wasi.Http;

namespace Mik.Server.Responses;

/// <summary>Checks the status and headers a guest decided on, and puts them on the response.</summary>
internal static class ResponseHead
{
    /// <summary>Whether a response of that status can have a body at all. rfc: 9110#6.4.1</summary>
    public static bool AllowsBody(int status) =>
        status is not (StatusCodes.Status204NoContent or StatusCodes.Status205ResetContent or StatusCodes.Status304NotModified);

    /// <summary>Why this cannot be sent, or <see langword="null"/> after it was applied.</summary>
    /// <param name="exchange">The exchange to answer.</param>
    /// <param name="status">The status.</param>
    /// <param name="headers">The headers; those of the connection, and those this server sets itself, are left out.</param>
    public static string? TryApply(Exchange exchange, int status, IReadOnlyList<HttpField> headers)
    {
        if (status is < 200 or > 999)
        {
            return $"{status} is not the status of a final response";
        }

        var response = exchange.Http.Response;
        foreach (var (name, text) in headers)
        {
            if (HeaderRules.IsOfConnection(name) || IsOurs(name))
            {
                continue;
            }

            var value = HeaderRules.ToWire(text);
            if (!HeaderRules.IsToken(name) || !HeaderRules.IsValue(value))
            {
                return "a header's name or value has characters that headers cannot have";
            }

            if (!name.Equals("content-length", StringComparison.OrdinalIgnoreCase))
            {
                response.Headers.Append(name, value);
            }
            else if (long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var length)
                && (response.ContentLength ?? length) == length)
            {
                response.ContentLength = length;
            }
            else
            {
                return "the content-length header is not one number";
            }
        }

        response.StatusCode = status;
        if (!AllowsBody(status) && status != StatusCodes.Status304NotModified)
        {
            response.ContentLength = null;
        }

        return null;
    }

    private static bool IsOurs(string name) =>
        name.Equals("x-request-id", StringComparison.OrdinalIgnoreCase)
        || name.Equals("traceparent", StringComparison.OrdinalIgnoreCase)
        || name.Equals("x-mik-handler", StringComparison.OrdinalIgnoreCase)
        || name.Equals("x-mik-duration-ms", StringComparison.OrdinalIgnoreCase);
}
