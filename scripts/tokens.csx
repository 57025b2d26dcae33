// How a text becomes numbers: its tokens in colours, their ids, and how many characters each stands for. Its notes: tokens.md.
#load "prelude.csx"
#nullable enable
using Functional.Llm;

return Script.Run<Options>(Args, "Shows the tokens of a text: by words, by characters, by byte pairs, or by the vocabulary of GPT-2 or of a file.",
    "dotnet script scripts/tokens.csx -- --tokenizer gpt2 --text \"Hello world\"", o =>
{
    const string Example = "Hello, do you like tea? Tokenizers cut unfamiliarities into pieces: naïve, 😀, return x => x.MatMul(w);";
    var project = Script.Beside("..");
    var text = (o.Dataset ?? o.File ?? o.Text) is null ? Example : o.Read(project);

    var named = o.TokenizerFor(text, project);
    var tokenizer = o.Special && named is BytePairTokenizer pairs ? pairs.Allowing() : named;
    var ids = tokenizer.EncodeToIds(text);
    var pieces = ids.Select(tokenizer.Piece).ToArray();

    var (characters, bytes) = (text.EnumerateRunes().Count(), System.Text.Encoding.UTF8.GetByteCount(text));
    var shown = Math.Min(ids.Length, o.Most);
    var between = tokenizer is WordTokenizer ? " " : "";                                        // which is part of no word
    o.WritePieces(pieces[..shown], between);
    o.Print($"[{string.Join(", ", ids.Take(shown))}]");
    if (shown < ids.Length)
        o.Print($"… and {ids.Length - shown:N0} more; --most shows more of them.");

    const int Many = 24;
    var lengths = ids.CountBy(id => Math.Min(Many, tokenizer.Bytes(id).Length)).ToDictionary();
    var longest = lengths.Keys.Append(1).Max();
    var title = shown < ids.Length ? $"The first {shown:N0} of {ids.Length:N0} tokens" : $"{ids.Length:N0} tokens";
    o.Save("tokens.html", TokenView.Html(title, pieces[..shown], ids[..shown], between));
    o.Save("tokens.svg", Chart.Titled("How long the tokens are").WithY("tokens")
        .WithX(Axis.Categories("bytes", [.. Enumerable.Range(1, longest).Select(n => n < Many ? $"{n}" : $"{n}+")]))
        .Bars("", Enumerable.Range(1, longest).Select(n => lengths.GetValueOrDefault(n))));

    var perToken = (double)characters / Math.Max(1, ids.Length);
    o.Print($"{ids.Length:N0} tokens of a vocabulary of {tokenizer.VocabularySize:N0} for {characters:N0} characters: "
        + $"{perToken:F2} characters a token.");
    return new { ids, pieces, count = ids.Length, vocabulary_size = tokenizer.VocabularySize, characters, bytes, characters_per_token = perToken };
});

record Options : TokenizerOptions
{
    [Help("take special tokens such as <|endoftext|>, where the text has them, for one token each")] public bool Special { get; init; }
    [Help("tokens to show; all are counted"), AtLeast(1)] public int Most { get; init; } = 2000;
}
