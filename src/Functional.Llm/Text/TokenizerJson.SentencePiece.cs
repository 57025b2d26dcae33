using System.Text;
using System.Text.Json;

namespace Functional.Llm;

/// <summary>Reading SentencePiece's BPE, in which ▁ stands for a space and what the vocabulary lacks becomes bytes.</summary>
static partial class TokenizerJson
{
    static SentencePieceTokenizer SentencePiece(string path, JsonElement root, JsonElement model)
    {
        if (Flag(model, "ignore_merges"))
            throw Unsupported(path, "model.ignore_merges", model.GetProperty("ignore_merges"));
        var (ids, added) = (VocabularyReader.Ids(path, Object(path, model, "vocab")), Added(path, root));
        if (added.FirstOrDefault(token => !token.Value.IsSpecial).Key is { } plain)
            throw new TokenizerException($"{path}: the added token {Spelling.Quoted(plain)} is not special, which is not supported beside byte_fallback; use a model without such tokens.");
        var controls = added.ToImmutableSortedDictionary(token => token.Key, token => token.Value.Id, StringComparer.Ordinal);
        var merges = Merges(path, model, ids);
        var idOfByte = Enumerable.Range(0, 256).Select(b => ids.TryGetValue(LlamaVocabulary.ByteName(b), out var id) ? id
            : throw new TokenizerException($"{path}: there is no token {LlamaVocabulary.ByteName(b)}; expected one for each of the 256 bytes, as byte_fallback needs them; get the file anew.")).ToArray();
        var texts = ids.Select(token => (token.Value, (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(token.Key.Replace(Metaspace, " ", StringComparison.Ordinal))));
        var further = controls.Where(control => ids.GetValueOrDefault(control.Key, -1) != control.Value).Select(control => (control.Value, (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(control.Key)));
        var pieces = VocabularyReader.ById(path, [.. texts, .. further]);
        foreach (var id in idOfByte.Concat(controls.Values))
            pieces[id] = default;
        return new(pieces, idOfByte, merges, controls, FrontOf(path, root));
    }

    /// <summary>Spaces become ▁ by a normalizer (Prepend, Replace) or by a Metaspace; either may put one in front.</summary>
    static SpaceInFront FrontOf(string path, JsonElement root)
    {
        var front = SpaceInFront.None;
        if (root.TryGetProperty("normalizer", out var normalizer) && normalizer.ValueKind != JsonValueKind.Null)
        {
            foreach (var step in Type(path, "normalizer", normalizer) == "Sequence" ? [.. Array(path, normalizer, "normalizers")] : new[] { normalizer })
            {
                front = Type(path, "normalizer", step) switch
                {
                    "Prepend" when Text(path, step, "prepend") == Metaspace && front == SpaceInFront.None => SpaceInFront.Always,
                    "Replace" when Text(path, step, "content") == Metaspace && PatternOf(path, step) == " " => front,
                    _ => throw Unsupported(path, "normalizer", step),
                };
            }
        }

        return root.TryGetProperty("pre_tokenizer", out var pre) && pre.ValueKind != JsonValueKind.Null ? FrontOf(path, pre, front) : front;
    }

    static SpaceInFront FrontOf(string path, JsonElement metaspace, SpaceInFront before)
    {
        if (Type(path, "pre_tokenizer", metaspace) != "Metaspace" || Text(path, metaspace, "replacement") != Metaspace || Flag(metaspace, "split", otherwise: true))
            throw Unsupported(path, "pre_tokenizer", metaspace);
        var scheme = metaspace.TryGetProperty("prepend_scheme", out _) ? Text(path, metaspace, "prepend_scheme") : Flag(metaspace, "add_prefix_space", otherwise: true) ? "always" : "never";
        return scheme switch
        {
            "never" => before,
            "always" or "first" => before == SpaceInFront.None ? SpaceInFront.WhereAbsent : before,
            _ => throw Unsupported(path, "pre_tokenizer", metaspace),
        };
    }
}
