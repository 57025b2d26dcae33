namespace Functional.Llm;

/// <summary>Models wherever they lie: in a folder of Hugging Face's layout, or in a file of llama2.c's format, whose name ends with .bin.</summary>
public static class ModelFile
{
    /// <summary>Whether a path is that of a file of llama2.c's format, and not that of a folder.</summary>
    public static bool IsFile(string path) => path.EndsWith(".bin", StringComparison.OrdinalIgnoreCase) && !Directory.Exists(path);

    /// <summary>The model in a folder or a file.</summary>
    /// <param name="path">The folder or file.</param>
    /// <param name="compression">How matrices are to be compressed, each as it is read; null to keep what there is.</param>
    /// <param name="keeps">Whether tensors of 16 bits stay in these.</param>
    /// <exception cref="StorageException">There is none, a file is broken, or the architecture is not known here.</exception>
    public static Pretrained Read(string path, Compression? compression = null, bool keeps = false) => IsFile(path) ? Llama2cFile.Read(path, compression)
        : !File.Exists(path) ? ModelFolder.Read(path, compression, keeps)
        : throw new StorageException($"{path}: this is a file; expected a model's folder, or a file of llama2.c's format, which ends with .bin; pass the folder that it lies in");

    /// <summary>The bytes of the file that a model written here has its numbers in.</summary>
    internal static long BytesWritten(string path) => new FileInfo(IsFile(path) ? path : Path.Combine(path, ModelFolder.FileName)).Length;

    /// <summary>Writes a model to a folder, or, where the path ends with .bin, to a file, which has 32 bits for every number.</summary>
    /// <param name="path">The folder or file.</param>
    /// <param name="model">The model.</param>
    /// <param name="source">Where it was read from, and is as it was: a folder written of a folder has the same tensors in 16 bits; null for those that have them in memory.</param>
    /// <exception cref="StorageException">The format has no place for the model, or a file cannot be written.</exception>
    public static void Write(string path, Pretrained model, string? source = null)
    {
        if (!IsFile(path))
            ModelFolder.Write(path, model, source is null || IsFile(source) ? null : source);
        else if (model is Pretrained<LlamaParameters> { Model: Llama } llama)
            Llama2cFile.Write(path, llama);
        else
            throw new StorageException($"{path}: llama2.c's format has no place for this model; expected a Llama; write a folder");
    }
}
