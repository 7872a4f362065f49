// Work shared by a few threads that live as long as the process.
#pragma once
#include <algorithm>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace mnv4 {

class Crew {
 public:
  /// Calls work(0) to work(parts - 1), the first on this thread, the others at the same time; returns when all have ended.
  static void run(int parts, const std::function<void(int)>& work) {
    if (parts == 1) return work(0);
    static Crew* crew = new Crew;  // never destroyed: its threads wait until the process ends
    crew->share(parts, work);
  }

 private:
  void share(int parts, const std::function<void(int)>& work) {
    std::lock_guard<std::mutex> one_at_a_time(turn_);
    {
      std::lock_guard<std::mutex> lock(mutex_);
      while (static_cast<int>(threads_) < parts - 1) std::thread(&Crew::serve, this, ++threads_).detach();
      work_ = &work;
      parts_ = parts;
      left_ = parts - 1;
      round_++;
    }
    begin_.notify_all();
    work(0);
    std::unique_lock<std::mutex> lock(mutex_);
    end_.wait(lock, [this] { return left_ == 0; });
  }

  void serve(int part) {
    std::unique_lock<std::mutex> lock(mutex_);
    for (uint64_t seen = 0;; seen = round_) {
      begin_.wait(lock, [&] { return round_ != seen && part < parts_ && left_ > 0; });
      const auto* work = work_;
      lock.unlock();
      (*work)(part);
      lock.lock();
      if (--left_ == 0) end_.notify_one();
    }
  }

  std::mutex turn_, mutex_;
  std::condition_variable begin_, end_;
  const std::function<void(int)>* work_ = nullptr;
  int threads_ = 0, parts_ = 0, left_ = 0;
  uint64_t round_ = 0;
};

/// Splits 0..n-1 into one range per thread; ranges and their order depend on n and the threads alone.
inline void split(int threads, int n, const std::function<void(int part, int from, int to)>& work) {
  const int parts = std::max(1, std::min(threads, n));
  Crew::run(parts, [&](int part) {
    work(part, static_cast<int>(int64_t{n} * part / parts), static_cast<int>(int64_t{n} * (part + 1) / parts));
  });
}

inline int parts_of(int threads, int n) { return std::max(1, std::min(threads, n)); }

}  // namespace mnv4
