using System.Security.Cryptography;

namespace Functional.Llm;

/// <summary>Fetches a data set's file from its address, whole and checked or not at all.</summary>
public static class Download
{
    const int Block = 1 << 16;

    /// <summary>Writes the file to <paramref name="path"/>, once its length and its SHA-256 are found right.</summary>
    /// <param name="path">Where to put it; its folder is made.</param>
    /// <param name="file">The file; it has an address.</param>
    /// <param name="client">By which to ask; its time-out holds for every block.</param>
    /// <param name="watch">Takes the bytes received so far, block after block, and gives them on, so as to show them on the way.</param>
    /// <exception cref="StorageException">No answer, another file than the table of data sets says, or no place to write it: nothing is kept.</exception>
    public static void To(string path, DatasetFile file, HttpClient client, Func<IEnumerable<long>, IEnumerable<long>> watch)
    {
        if (file.Address is null)
            throw new ArgumentException($"{file.Path} has no address to download it from", nameof(file));
        using var response = Await(client.Timeout, stop => client.GetAsync(file.Address, HttpCompletionOption.ResponseHeadersRead, stop));
        if (!response.IsSuccessStatusCode)
            throw new StorageException($"the server answered {(int)response.StatusCode} ({response.ReasonPhrase})");
        if (response.Content.Headers.ContentLength is { } announced && announced != file.Bytes)
            throw new StorageException($"the answer announces {announced:N0} bytes; expected {file.Bytes:N0}");
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        AtomicFile.Write(path, target =>
        {
            var received = 0L;
            foreach (var bytes in watch(Copy(response.Content, target, hash, file.Bytes, client.Timeout)))
                received = bytes;
            if (file.FaultOf(received, hash.GetHashAndReset) is { } fault)
                throw new StorageException($"what came is another file: {fault}");
        });
    }

    /// <summary>Copies block after block, yielding the bytes so far, and stops before it would write more than <paramref name="most"/>.</summary>
    static IEnumerable<long> Copy(HttpContent from, Stream to, IncrementalHash hash, long most, TimeSpan patience)
    {
        using var stream = Await(patience, from.ReadAsStreamAsync);
        var block = new byte[Block];
        var received = 0L;
        while (Await(patience, stop => stream.ReadAsync(block, stop).AsTask()) is > 0 and var read)
        {
            received += read;
            if (received > most)
                throw new StorageException($"more came than the {most:N0} bytes expected");
            to.Write(block, 0, read);
            hash.AppendData(block, 0, read);
            yield return received;
        }
    }

    static R Await<R>(TimeSpan patience, Func<CancellationToken, Task<R>> ask)
    {
        using var timer = new CancellationTokenSource(patience);
        try
        {
            return ask(timer.Token).GetAwaiter().GetResult();
        }
        catch (OperationCanceledException e)
        {
            throw new StorageException($"nothing came for {patience.TotalSeconds} seconds", e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new StorageException(e.Message, e);
        }
    }
}
