namespace Functional.Llm;

/// <summary>What scripts/tokenize.csx and the command do: the ids of a text, counted or written to a file.</summary>
public static class Tokenizing
{
    /// <summary>Writes tokens.bin into the folder that <c>--out</c> names, and the tokenizer beside it; without <c>--out</c> only counts.</summary>
    /// <param name="options">The text and the tokenizer.</param>
    /// <param name="project">The project's folder, such as <c>Script.Beside("..")</c>; null for a program, which has none.</param>
    /// <returns>tokens, vocabulary_size and bytes.</returns>
    /// <exception cref="UsageException">Options contradict each other, or name nothing known.</exception>
    /// <exception cref="FunctionalLlmException">The text or the tokenizer cannot be read, or the files cannot be written.</exception>
    public static IReadOnlyDictionary<string, object?> Tokenize(this TokenizerOptions options, string? project)
    {
        ArgumentNullException.ThrowIfNull(options);
        var tokenizer = options.TokenizerFor(options.LearnsVocabulary(project) ? options.Read(project) : "", project);
        using var reader = options.Open(project);
        var parts = tokenizer.EncodeToIds(reader).Chunk(1 << 16).Index();
        var ids = options.Progress(parts, part => $"{part.Index << 16:N0} ids").SelectMany(part => part.Item);

        if (options.Out is not { } folder)
        {
            var counted = ids.LongCount();
            options.Print($"The text has {counted:N0} tokens; --out FOLDER writes them.");
            return Result(counted, 0);
        }

        var path = Path.Combine(folder, "tokens.bin");
        var count = TokenFile.Write(path, tokenizer.VocabularySize, ids);
        tokenizer.Save(Path.Combine(folder, "tokenizer.json"));
        var bytes = new FileInfo(path).Length;
        options.Print($"wrote {path} and tokenizer.json beside it");
        options.Print($"{count:N0} ids of a vocabulary of {tokenizer.VocabularySize:N0} take {bytes:N0} bytes.");
        return Result(count, bytes);

        Dictionary<string, object?> Result(long tokens, long size) => new() { ["tokens"] = tokens, ["vocabulary_size"] = tokenizer.VocabularySize, ["bytes"] = size };
    }
}
