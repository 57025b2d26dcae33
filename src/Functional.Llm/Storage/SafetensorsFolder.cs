namespace Functional.Llm;

/// <summary>The tensors of a model's folder: one safetensors file, or several shards with an index of what is where.</summary>
/// <remarks>
/// Hugging Face's names: <c>model.safetensors</c>, or <c>model.safetensors.index.json</c>, whose <c>weight_map</c> gives each a file. An index may come from
/// anybody, and so may name files of its own folder alone. What is there under such a name may be a link, as all files of Hugging Face's cache are: those
/// whoever made the folder put there, and they are followed wherever they lead.
/// </remarks>
public sealed class SafetensorsFolder : IDisposable
{
    const string Single = "model.safetensors";
    const string Index = "model.safetensors.index.json";

    /// <summary>More bytes than an index takes whose texts may be kept.</summary>
    const int LongestIndex = 1 << 24;

    readonly string path;
    readonly Dictionary<string, SafetensorsFile> files = new(StringComparer.Ordinal);
    readonly Dictionary<string, SafetensorsFile> fileOf = new(StringComparer.Ordinal);

    SafetensorsFolder(string path) => this.path = path;

    /// <summary>The names of all tensors.</summary>
    public IEnumerable<string> Names => fileOf.Keys;

    /// <summary>Opens what is in the folder; all of its files are checked.</summary>
    /// <exception cref="StorageException">There is no model, a shard is missing or named elsewhere, or a file is not to the letter.</exception>
    public static SafetensorsFolder Open(string path)
    {
        var folder = new SafetensorsFolder(path);
        try
        {
            folder.Open();
            return folder;
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    /// <summary>Whether there is a tensor of this name.</summary>
    public bool Contains(string name) => fileOf.ContainsKey(name);

    /// <summary>What its file says of a tensor.</summary>
    /// <exception cref="StorageException">There is no such tensor.</exception>
    public SafetensorsEntry this[string name] => FileOf(name)[name];

    /// <summary>The file in which a tensor lies.</summary>
    /// <exception cref="StorageException">There is no such tensor.</exception>
    internal string PathOf(string name) => FileOf(name).Path;

    /// <inheritdoc cref="SafetensorsFile.Read(string)"/>
    public Tensor Read(string name) => FileOf(name).Read(name);

    /// <inheritdoc cref="SafetensorsFile.Fill"/>
    internal void Fill(string name, long first, Span<Real> numbers) => FileOf(name).Fill(name, first, numbers);

    /// <inheritdoc cref="SafetensorsFile.ReadBytes"/>
    internal void ReadBytes(string name, Span<byte> bytes) => FileOf(name).ReadBytes(name, bytes);

    /// <inheritdoc cref="SafetensorsFile.ReadIntegers"/>
    public Tokens ReadIntegers(string name) => FileOf(name).ReadIntegers(name);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var file in files.Values)
            file.Dispose();
    }

    SafetensorsFile FileOf(string name) =>
        fileOf.TryGetValue(name, out var file) ? file : throw SafetensorsFile.Absent(path, name, fileOf.Keys);

    void Open()
    {
        var (single, index) = (Path.Combine(path, Single), Path.Combine(path, Index));
        if (File.Exists(single))
        {
            var file = files[Single] = SafetensorsFile.Open(single);
            foreach (var entry in file.Entries)
                fileOf.Add(entry.Name, file);
        }
        else if (File.Exists(index))
        {
            foreach (var (name, shard) in WeightMap(index))
                fileOf.Add(name, ShardOf(index, name, shard));
        }
        else
        {
            throw new StorageException($"{path}: there is no model in this folder; expected {Single} or {Index}; "
                + $"check the path, seen from {Environment.CurrentDirectory}");
        }
    }

    SafetensorsFile ShardOf(string index, string name, string shard)
    {
        if (!files.TryGetValue(shard, out var file))
            files.Add(shard, file = OpenShard(index, shard));
        return file.Contains(name) ? file
            : throw new StorageException($"{index}: tensor {Spelling.Quoted(name)} is not in {Spelling.Quoted(shard)}; "
                + "expected it there, as the index says; get both files anew, as they belong together");
    }

    /// <summary>A shard is a name in the folder itself: an index may not lead a reader anywhere else.</summary>
    SafetensorsFile OpenShard(string index, string shard)
    {
        if (!FileNames.IsPlain(shard))
        {
            throw new StorageException($"{index}: the shard {Spelling.Quoted(shard)} is no file's name; "
                + "expected a file in the same folder; get the index anew");
        }

        var file = Path.Combine(path, shard);
        return File.Exists(file) ? SafetensorsFile.Open(file)
            : throw new StorageException($"{file}: the shard is missing; expected it, as the index says; get it from where the others are");
    }

    static ImmutableSortedDictionary<string, string> WeightMap(string index)
    {
        var json = new JsonTokens(index, ReadOnlyFile.Whole(index, "index", LongestIndex, "get it anew"), depth: 8);
        ImmutableSortedDictionary<string, string>? map = null;
        json.Object("the index");
        while (json.NextKey())
        {
            if (!json.Is("weight_map"u8))
                json.Skip();
            else
                map = map is null ? json.Texts("weight_map") : throw json.Fault("weight_map is there twice", "it once");
        }

        json.End();
        return map ?? throw json.Fault("there is no weight_map", "an object that gives each tensor the name of its file");
    }
}
