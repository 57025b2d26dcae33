using System.Security.Cryptography;
using System.Text;

namespace Functional.Llm.Tests;

/// <summary>A small data set, as the table would have it.</summary>
static class Sample
{
    public const string Text = "Once upon a time.";

    public static readonly Uri Address = new("https://example.org/sample.txt");

    public static readonly DatasetFile File = Of(Encoding.UTF8.GetBytes(Text), Address);

    public static DatasetFile Of(byte[] content, Uri? address) =>
        new("text/sample.txt", address, content.Length, Convert.ToHexStringLower(SHA256.HashData(content)));

    public static Dataset Dataset(DatasetFile file) => new("sample", "a story", "MIT", file);
}
