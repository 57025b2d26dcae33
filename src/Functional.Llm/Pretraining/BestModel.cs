using System.Text.Json;
using System.Text.Json.Serialization;

namespace Functional.Llm;

/// <summary>The best model of a training so far: when it was, and its validation loss. What best.json holds.</summary>
/// <param name="Step">After how many updates.</param>
/// <param name="Loss">The validation loss, in nats per token.</param>
public sealed record BestModel(int Step, double Loss)
{
    const string FileName = "best.json";
    const string Model = "best";

    /// <summary>Where in a training's folder the model lies.</summary>
    public static string In(string folder) => Path.Combine(folder, Model);

    /// <summary>What a training's folder says of it; null where it says nothing that can be read.</summary>
    public static BestModel? Read(string? folder)
    {
        var path = Path.Combine(folder ?? "", FileName);
        if (folder is null || !File.Exists(path))
            return null;
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllText(path), BestModels.Default.BestModel);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Takes away what a folder says of it.</summary>
    public static void Forget(string folder)
    {
        if (Directory.Exists(folder))
            File.Delete(Path.Combine(folder, FileName));
    }

    /// <summary>Copies it into the folder in which the training goes on.</summary>
    /// <exception cref="StorageException">It cannot be written.</exception>
    public void Copy(string from, string to)
    {
        foreach (var file in Directory.Exists(In(from)) ? Directory.GetFiles(In(from)) : [])
        {
            AtomicFile.Write(Path.Combine(In(to), Path.GetFileName(file)), stream =>
            {
                using var source = File.OpenRead(file);
                source.CopyTo(stream);
            });
        }

        Write(to);
    }

    /// <summary>Writes it into a training's folder.</summary>
    /// <exception cref="StorageException">It cannot be written.</exception>
    public void Write(string folder) => AtomicFile.Write(Path.Combine(folder, FileName), stream => JsonSerializer.Serialize(stream, this, BestModels.Default.BestModel));
}

[JsonSerializable(typeof(BestModel))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, RespectRequiredConstructorParameters = true)]
sealed partial class BestModels : JsonSerializerContext;
