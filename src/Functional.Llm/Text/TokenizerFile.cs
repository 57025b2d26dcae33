using System.Text.Encodings.Web;
using System.Text.Json;

namespace Functional.Llm;

/// <summary>Tokenizers in files: the formats of OpenAI, tiktoken, Hugging Face and llama2.c; our own is Hugging Face's.</summary>
public static class TokenizerFile
{
    static readonly string[][] Gpt2Names = [["encoder.json", "vocab.bpe"], ["vocab.json", "merges.txt"]];

    /// <summary>How errors begin that know a vocabulary, and not whence it came.</summary>
    const string Nameless = "vocabulary: ";

    /// <summary>Reads a tokenizer, whatever its format.</summary>
    /// <param name="path">A folder that has tokenizer.json, encoder.json and vocab.bpe, vocab.json and merges.txt, or tokenizer.bin;
    /// or one of these files; or a .json in Hugging Face's format, a .tiktoken of ranks (with GPT-2's pieces and no special tokens), a .bin of llama2.c.</param>
    /// <exception cref="TokenizerException">There is none, or it is not what it should be: the message names the file and the place.</exception>
    public static Tokenizer Read(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        try
        {
            return Recognise(path);
        }
        catch (TokenizerException e) when (e.Message.StartsWith(Nameless, StringComparison.Ordinal))
        {
            throw new TokenizerException($"{path}: {e.Message[Nameless.Length..]}", e);
        }
        catch (InvalidOperationException e)
        {
            throw new TokenizerException($"{path}: a text has half a character: {e.Message} Get the file anew.", e);
        }
    }

    static Tokenizer Recognise(string path)
    {
        var folder = Directory.Exists(path) ? path : Path.GetDirectoryName(path) ?? "";
        if (Directory.Exists(path))
        {
            return File.Exists(Path.Combine(path, "tokenizer.json")) ? TokenizerJson.Read(Path.Combine(path, "tokenizer.json"))
                : Gpt2Names.FirstOrDefault(names => File.Exists(Path.Combine(path, names[0]))) is { } found ? Gpt2(folder, found)
                : File.Exists(Path.Combine(path, "tokenizer.bin")) ? LlamaVocabulary.Read(Path.Combine(path, "tokenizer.bin"))
                : throw new TokenizerException($"{path}: there is no tokenizer in this folder; expected tokenizer.json, encoder.json with vocab.bpe, vocab.json with merges.txt, or tokenizer.bin; check the path.");
        }

        return Gpt2Names.FirstOrDefault(names => names.Contains(Path.GetFileName(path))) is { } pair ? Gpt2(folder, pair)
            : Path.GetExtension(path) switch
            {
                ".json" => TokenizerJson.Read(path),
                ".tiktoken" => TiktokenVocabulary.Read(path, PreTokenizer.Gpt2),
                ".bin" => LlamaVocabulary.Read(path),
                _ => throw new TokenizerException($"{path}: no tokenizer's file ends so; expected .json, .tiktoken, .bin, or vocab.bpe beside encoder.json; give the file its name."),
            };
    }

    /// <summary>Writes a tokenizer as tokenizer.json, or as llama2.c's where the path ends with .bin: <see cref="Read"/> and other programs read both. What a caller allows is not part of it.</summary>
    /// <exception cref="TokenizerException">The format has no place for the tokenizer.</exception>
    /// <exception cref="StorageException">The file cannot be written.</exception>
    public static void Save(this Tokenizer tokenizer, string path) => AtomicFile.Write(path, stream =>
    {
        if (path.EndsWith(".bin", StringComparison.OrdinalIgnoreCase))
        {
            stream.Write(LlamaVocabulary.Write(path, tokenizer));
            return;
        }

        using var json = new Utf8JsonWriter(stream, new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        TokenizerJson.Write(json, tokenizer);
    });

    static BytePairTokenizer Gpt2(string folder, string[] names) => Gpt2Vocabulary.Read(Path.Combine(folder, names[0]), Path.Combine(folder, names[1]));
}
