using System.Net;
using System.Net.Sockets;
using System.Text;
using Xunit;

namespace Functional.Llm.Tests;

/// <summary>A download is whole and checked, or it fails in one line and leaves nothing.</summary>
public sealed class DownloadTests : IDisposable
{
    /// <summary>Longer than a few blocks.</summary>
    static readonly byte[] Content = [.. Enumerable.Range(0, 200_000).Select(i => (byte)(i * i >> 4))];

    readonly TemporaryFolder folder = new();

    string Target => folder["cache/text/sample.txt"];

    /// <summary>Answers without a network.</summary>
    sealed class Answering(Func<HttpResponseMessage> answer) : HttpMessageHandler
    {
        public static Answering With(byte[] content, bool announced = true) =>
            new(() => new() { Content = announced ? new ByteArrayContent(content) : new StreamContent(new Unannounced(content)) });

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => Task.FromResult(answer());
    }

    /// <summary>A stream that does not tell its length.</summary>
    sealed class Unannounced(byte[] content) : MemoryStream(content)
    {
        public override bool CanSeek => false;
    }

    List<long> Fetch(HttpMessageHandler handler, Uri? address = null, double patience = 30)
    {
        using var client = new HttpClient(handler) { Timeout = TimeSpan.FromSeconds(patience) };
        var seen = new List<long>();
        Download.To(Target, Sample.Of(Content, address ?? Sample.Address), client, received => received.Select(bytes =>
        {
            seen.Add(bytes);
            return bytes;
        }));
        return seen;
    }

    /// <summary>The message of a download that fails, after which there is neither the file nor a part of it.</summary>
    string Failure(HttpMessageHandler handler, Uri? address = null, double patience = 30)
    {
        var message = Assert.Throws<StorageException>(() => Fetch(handler, address, patience)).Message;
        Assert.Empty(Directory.EnumerateFiles(folder.Path, "*", SearchOption.AllDirectories));
        return message;
    }

    /// <summary>Fails on a real connection, which a server handles as it likes.</summary>
    string Failure(Action<NetworkStream> serve, double patience = 30)
    {
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        var serving = Task.Run(() =>
        {
            using var connection = server.AcceptTcpClient();
            using var stream = connection.GetStream();
            try
            {
                _ = stream.Read(new byte[1 << 16]);
                serve(stream);
            }
            catch (IOException)
            {
                // The client hung up first.
            }
        });
        using var handler = new SocketsHttpHandler { UseProxy = false };
        var message = Failure(handler, new Uri($"http://127.0.0.1:{((IPEndPoint)server.LocalEndpoint).Port}/sample.txt"), patience);
        serving.Wait();
        return message;
    }

    static void Begin(NetworkStream stream, int bytes)
    {
        stream.Write(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: {Content.Length}\r\n\r\n"));
        stream.Write(Content, 0, bytes);
    }

    [Theory, InlineData(true), InlineData(false)]
    public void The_file_arrives_whole_and_its_progress_is_seen(bool announced)
    {
        using var handler = Answering.With(Content, announced);
        var seen = Fetch(handler);
        Assert.Equal(Content, File.ReadAllBytes(Target));
        Assert.Equal([Target], Directory.GetFiles(Path.GetDirectoryName(Target)!));
        Assert.Equal(seen.Order(), seen);
        Assert.Equal(Content.Length, seen[^1]);
        Assert.True(seen.Count > 2);
    }

    [Fact]
    public void Content_with_another_sum_is_refused()
    {
        using var handler = Answering.With([.. Content[..^1], (byte)~Content[^1]]);
        Assert.Matches($"^what came is another file: its SHA-256 is [0-9a-f]{{64}}; expected {Sample.Of(Content, null).Sha256}$", Failure(handler));
    }

    [Fact]
    public void Content_that_is_too_short_is_refused()
    {
        using var announced = Answering.With(Content[..^1]);
        Assert.Equal("the answer announces 199,999 bytes; expected 200,000", Failure(announced));
        using var unannounced = Answering.With(Content[..^1], announced: false);
        Assert.Equal("what came is another file: it has 199,999 bytes; expected 200,000", Failure(unannounced));
        using var empty = Answering.With([], announced: false);
        Assert.Equal("what came is another file: it has 0 bytes; expected 200,000", Failure(empty));
    }

    [Fact]
    public void Content_that_is_too_long_is_not_read_to_its_end()
    {
        using var announced = Answering.With([.. Content, 0]);
        Assert.Equal("the answer announces 200,001 bytes; expected 200,000", Failure(announced));
        using var handler = new Answering(() => new() { Content = new StreamContent(new EndlessStream(1)) });
        Assert.Equal("more came than the 200,000 bytes expected", Failure(handler));
    }

    [Theory]
    [InlineData(HttpStatusCode.NotFound, "the server answered 404 (Not Found)")]
    [InlineData(HttpStatusCode.ServiceUnavailable, "the server answered 503 (Service Unavailable)")]
    public void An_answer_without_the_file_is_told(HttpStatusCode code, string expected)
    {
        using var handler = new Answering(() => new(code));
        Assert.Equal(expected, Failure(handler));
    }

    [Fact]
    public void Without_a_network_the_systems_reason_is_told()
    {
        using var handler = new Answering(() => throw new HttpRequestException("Name or service not known (example.org:443)"));
        Assert.Equal("Name or service not known (example.org:443)", Failure(handler));
    }

    [Fact]
    public void An_interruption_leaves_nothing() =>
        Assert.Contains("ended prematurely", Failure(stream => Begin(stream, Content.Length / 2)), StringComparison.Ordinal);

    [Fact]
    public void Silence_ends_by_itself()
    {
        static void Stall(NetworkStream stream)
        {
            Begin(stream, Content.Length / 2);
            _ = stream.Read(new byte[1]);   // until the client hangs up
        }
        Assert.Equal("nothing came for 0.5 seconds", Failure(Stall, patience: 0.5));
    }

    [Fact]
    public void A_place_that_cannot_be_written_is_told()
    {
        File.WriteAllText(folder["cache"], "a file where a folder is needed");
        using var handler = Answering.With(Content);
        Assert.Contains("could not be written", Assert.Throws<StorageException>(() => Fetch(handler)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_without_an_address_is_a_mistake_of_the_caller()
    {
        using var client = new HttpClient();
        Assert.Throws<ArgumentException>(() => Download.To(Target, Sample.Of(Content, null), client, received => received));
    }

    public void Dispose() => folder.Dispose();
}
