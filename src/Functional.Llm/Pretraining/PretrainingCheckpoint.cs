using System.Text.Json;
using System.Text.Json.Serialization;

namespace Functional.Llm;

/// <summary>A checkpoint's files: the model as others read it, the optimizer's moments, and where training and its data stand.</summary>
static class PretrainingCheckpoint
{
    const string Moments = "optimizer.safetensors";
    const string Place = "training.json";

    public static void Write<P>(string folder, LanguageModel<P> model, TrainState<P> state, PretrainingPlace place)
    {
        ModelFolder.Write(folder, new Pretrained<P>(model, state.Parameters));
        var moments = Named("first", state.Parameters, state.First).Concat(Named("second", state.Parameters, state.Second)).ToArray();
        SafetensorsFile.Write(Path.Combine(folder, Moments), moments);
        AtomicFile.Write(Path.Combine(folder, Place), stream => JsonSerializer.Serialize(stream,
            new StoredPlace(place.Step, double.IsFinite(place.Loss) ? place.Loss : null, place.Data.Epoch, place.Data.Position, place.Data.Key?.State), StoredPlaces.Default.StoredPlace));
    }

    public static (TrainState<P> State, Cursor Data) Read<P>(LanguageModel<P> model, string folder)
    {
        if (ModelFolder.Read(folder) is not Pretrained<P> pretrained || !pretrained.Model.Equals(model))
            throw new StorageException($"{folder}: the checkpoint is of another model; expected {model}; go on with the settings of its training");
        var place = Parse(Path.Combine(folder, Place));
        using var moments = SafetensorsFile.Open(Path.Combine(folder, Moments));
        var state = new TrainState<P>(pretrained.Parameters, Lift("first"), Lift("second"), place.Step, (Real)(place.Loss ?? double.NaN));
        return (state, new(place.Epoch, place.Position, place.Key is { } key ? new(key) : null));

        P Lift(string moment)
        {
            var leaves = Tree.Leaves(pretrained.Parameters);
            return moments.Entries.Any(entry => entry.Name.StartsWith($"{moment}.", StringComparison.Ordinal))
                ? Tree.Unflatten(pretrained.Parameters, [.. leaves.Select(leaf => Fitting(moment, leaf))]) : default!;
        }

        Tensor Fitting(string moment, Leaf leaf)
        {
            var name = $"{moment}.{leaf.Path}";
            return !moments.Contains(name) ? default : moments[name].Shape == leaf.Value.Shape ? moments.Read(name)
                : throw new StorageException($"{moments.Path}: {Spelling.Quoted(name)} has shape {moments[name].Shape}; expected {leaf.Value.Shape}, as the parameter has; take another checkpoint");
        }
    }

    /// <summary>After how many updates a checkpoint was saved.</summary>
    /// <exception cref="StorageException">It cannot be read.</exception>
    public static int StepOf(string folder) => Parse(Path.Combine(folder, Place)).Step;

    static IEnumerable<(string, Tensor)> Named<P>(string moment, P parameters, P moments) =>
        Tree.Paths(parameters).Zip(Tree.Flatten(parameters, moments), (path, value) => ($"{moment}.{path}", value)).Where(named => !named.value.IsZero);

    static StoredPlace Parse(string path)
    {
        var place = JsonFile.Read(path, "place of a training", StoredPlaces.Default.StoredPlace);
        return place is { Step: >= 0, Epoch: >= 0, Position: >= 0 } ? place
            : throw new StorageException($"{path}: a number is negative; expected the place of a training; take another checkpoint");
    }
}

/// <summary>What training.json holds.</summary>
sealed record StoredPlace(int Step, double? Loss, long Epoch, long Position, ulong? Key);

[JsonSerializable(typeof(StoredPlace))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, RespectRequiredConstructorParameters = true)]
sealed partial class StoredPlaces : JsonSerializerContext;
