// Writes the ids of a text to a file, from which training reads them a window at a time: a corpus may be larger than memory. Its notes: tokenize.md.
#load "prelude.csx"
#nullable enable
using Functional.Llm;

return Script.Run<Options>(Args, "Turns a text into a file of token ids, tokens.bin, and saves the tokenizer beside it.",
    "dotnet script scripts/tokenize.csx -- --dataset novels --tokenizer gpt2 --out novels", o =>
{
    var project = Script.Beside("..");
    var tokenizer = o.TokenizerFor(o.Tokenizer is "word" or "char" ? o.Read(project) : "", project);
    using var reader = o.Open(project);
    var parts = tokenizer.EncodeToIds(reader).Chunk(1 << 16).Index();
    var ids = o.Progress(parts, part => $"{part.Index << 16:N0} ids").SelectMany(part => part.Item);

    if (o.Out is not { } folder)
    {
        var counted = ids.LongCount();
        o.Print($"The text has {counted:N0} tokens; --out FOLDER writes them.");
        return new { tokens = counted, vocabulary_size = tokenizer.VocabularySize, bytes = 0L };
    }

    var path = Path.Combine(folder, "tokens.bin");
    var count = TokenFile.Write(path, tokenizer.VocabularySize, ids);
    tokenizer.Save(Path.Combine(folder, "tokenizer.json"));
    var bytes = new FileInfo(path).Length;
    o.Print($"wrote {path} and tokenizer.json beside it");
    o.Print($"{count:N0} ids of a vocabulary of {tokenizer.VocabularySize:N0} take {bytes:N0} bytes.");
    return new { tokens = count, vocabulary_size = tokenizer.VocabularySize, bytes };
});

record Options : TokenizerOptions
{
}
