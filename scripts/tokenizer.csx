// Learns a vocabulary from a text: the pair of tokens that occurs most often becomes one, again and again. Its notes: tokenizer.md.
#load "prelude.csx"
#nullable enable
using Functional.Llm;

return Script.Run<Options>(Args, "Learns a byte-pair vocabulary from a text, shows the first merges and how the text shrinks, and saves tokenizer.json.",
    "dotnet script scripts/tokenizer.csx -- --file novels.txt --size 8192 --out novels", o =>
{
    var watch = System.Diagnostics.Stopwatch.StartNew();
    var text = o.Read(Script.Beside(".."));
    using var reader = new StringReader(text);

    var learnable = o.Size - 1;                                                                 // and <|endoftext|>
    var merges = o.Progress(BytePairTraining.Learn(reader, WordTokenizer.EndOfText).TakeWhile(m => m.Id < learnable), m => $"token {m.Id:N0} of {learnable:N0}").ToList();
    var tokenizer = BytePairTokenizer.Of(merges, WordTokenizer.EndOfText);
    var seconds = watch.Elapsed.TotalSeconds;

    string Shown(ReadOnlyMemory<byte> token) => System.Text.Encoding.UTF8.GetString(token.Span).Replace(' ', '␣').Replace('\n', '⏎').Replace('\t', '⇥').Replace('\r', '␍');
    o.Table(merges.Take(o.Merges), ("id", m => $"{m.Id}"), ("left", m => Shown(m.Left)), ("right", m => Shown(m.Right)), ("times", m => $"{m.Count:N0}"));

    // A merge of a pair that stands c times side by side makes the text c tokens shorter, or less where the pairs overlap.
    var bytes = System.Text.Encoding.UTF8.GetByteCount(text);
    var sizes = new[] { 256, 512, 1024, 2048, 4096, 8192, 16_384, 32_768, 65_536 }.Where(size => size < tokenizer.VocabularySize - 1).Append(tokenizer.VocabularySize - 1).ToArray();
    var course = sizes.Select(size => (Size: size, Tokens: BytePairTokenizer.Of(merges.TakeWhile(m => m.Id < size)).CountTokens(text))).ToArray();
    o.Table(course, ("vocabulary", c => $"{c.Size:N0}"), ("tokens", c => $"{c.Tokens:N0}"), ("bytes a token", c => $"{(double)bytes / Math.Max(1, c.Tokens):F3}"));
    o.Save("tokenizer.svg", Chart.Titled("What a larger vocabulary saves").WithX(Axis.Log("tokens in the vocabulary")).WithY("bytes of text a token")
        .Line("", sizes, course.Select(c => (double)bytes / Math.Max(1, c.Tokens))).ToSvg());
    if (o.Out is { } folder)
        tokenizer.Save(Path.Combine(folder, "tokenizer.json"));

    var longest = merges.MaxBy(m => m.Left.Length + m.Right.Length);
    o.Print($"{merges.Count:N0} merges were learnt from {bytes:N0} bytes"
        + (longest is null ? "." : $"; the longest token is '{Shown(longest.Left)}{Shown(longest.Right)}'."));
    o.Print($"{tokenizer.VocabularySize:N0} tokens take {(double)bytes / Math.Max(1, course[^1].Tokens):F2} bytes of this text each.");
    return new { vocabulary_size = tokenizer.VocabularySize, merges = merges.Count, bytes, tokens = course[^1].Tokens, seconds };
});

record Options : TextOptions
{
    [Help("tokens in the vocabulary: 256 bytes, what is learnt, and <|endoftext|>"), Between(257, 1 << 20)] public int Size { get; init; } = 1024;
    [Help("merges to show"), AtLeast(0)] public int Merges { get; init; } = 12;
}
